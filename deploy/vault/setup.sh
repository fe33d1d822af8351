#!/bin/sh
# Prepares a Vault for Countersign: mounts, policies, roles, AppRoles. Run it with a
# token that may do so (VAULT_ADDR, VAULT_TOKEN); running it again changes nothing
# that is there but brings policies and roles up to date. docs/vault.md says
# how to give the result to Countersign.
#
#   DOMAINS       comma-separated domains that certificates may be for (needed)
#   COUNTRY, PROVINCE, LOCALITY, ORGANIZATION, UNIT
#                 the subject of all certificates: Vault takes it from the role, never
#                 from the request, so it must be what requesters fill in
#   NAMES         kinds of names that certificates may have besides host names below the
#                 domains, default "bare wildcard": bare, the domains themselves
#                 (Expressway-E, IM and Presence, CMS); wildcard, also beside the domain
#                 (IM and Presence, CMS); ip, any address. Each has roles of its own, and
#                 what is not said is taken away.
#   CIDRS         comma-separated addresses that Countersign logs in from, such as
#                 192.0.2.5/32; left out, what was set before stays
#   MAX_TTL       longest lifetime, default 9528h (397 days)
#   VAULT         the vault command, default vault
set -eu

vault=${VAULT:-vault}
here=$(cd "$(dirname "$0")" && pwd)
max_ttl=${MAX_TTL:-9528h}
kinds=" ${NAMES-bare wildcard} "
: "${DOMAINS:?say in DOMAINS which domains certificates may be for, such as example.com}"

mounted() { "$vault" secrets list -format=json | grep -q "^  \"$1/\""; }

# A list of at most one, in JSON: outside JSON, Vault would take "Example, Inc." for two.
list() {
	if [ -n "$1" ]; then
		printf '["%s"]' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
	else
		printf '[]'
	fi
}

mounted countersign-transit || "$vault" secrets enable -path=countersign-transit transit
mounted countersign-kv || "$vault" secrets enable -path=countersign-kv -version=2 kv
# Version 2 is not ready the moment it is enabled: it upgrades first.
tries=0
until "$vault" write countersign-kv/config cas_required=true max_versions=3 >/dev/null 2>&1; do
	tries=$((tries + 1))
	if [ "$tries" -ge 30 ]; then
		"$vault" write countersign-kv/config cas_required=true max_versions=3
	fi
	sleep 0.2
done
mounted countersign-pki || "$vault" secrets enable -path=countersign-pki -max-lease-ttl="$max_ttl" pki
"$vault" secrets tune -max-lease-ttl="$max_ttl" countersign-pki
# Without a rebuild on its own, a revocation list goes stale when nothing is revoked.
"$vault" write countersign-pki/config/crl expiry=72h auto_rebuild=true auto_rebuild_grace_period=12h \
	enable_delta=true delta_rebuild_interval=15m >/dev/null

# Keys of Countersign itself: what the audit log is chained with, and the account at an
# ACME authority.
"$vault" write -f countersign-transit/keys/countersign-audit type=aes256-gcm96 >/dev/null
"$vault" write -f countersign-transit/keys/countersign-acme type=ecdsa-p256 >/dev/null

here_now=$("$vault" list -format=json countersign-pki/roles 2>/dev/null || echo '[]')

# role SUFFIX KINDS FLAG...: the role of $file once more, for these kinds of names too;
# or not any more, where they are not all wanted.
role() {
	name=$base$1
	for kind in $2; do
		case $kinds in
		*" $kind "*) ;;
		*)
			case $here_now in *"\"$name\""*) "$vault" delete "countersign-pki/roles/$name" >/dev/null ;; esac
			return 0
			;;
		esac
	done
	shift 2
	edit='$d'
	for flag; do
		edit="$edit;s/\"$flag\": false/\"$flag\": true/"
	done
	"$vault" write "countersign-pki/roles/$name" - >/dev/null <<-EOF
		$(sed "$edit" "$file"),
		 "allowed_domains": "$DOMAINS", "max_ttl": "$max_ttl",
		 "country": $(list "${COUNTRY:-}"), "province": $(list "${PROVINCE:-}"), "locality": $(list "${LOCALITY:-}"),
		 "organization": $(list "${ORGANIZATION:-}"), "ou": $(list "${UNIT:-}")}
	EOF
}

for file in "$here"/roles/*.json; do
	base=$(basename "$file" .json)
	role "" ""
	role -ip ip allow_ip_sans
	case $base in
	countersign-client-*) continue ;; # a client is one host
	esac
	role -bare bare allow_bare_domains
	case $base in
	*-client-ds*-de) continue ;; # of products that take no wildcard
	esac
	role -wildcard wildcard allow_bare_domains allow_wildcard_certificates
	role -wildcard-ip "wildcard ip" allow_bare_domains allow_wildcard_certificates allow_ip_sans
done

"$vault" auth list -format=json | grep -q '^  "approle/"' || "$vault" auth enable approle
for identity in writer releaser janitor recorder revoker; do
	"$vault" policy write "countersign-$identity" "$here/$identity.hcl"
	bound=${CIDRS:+secret_id_bound_cidrs=$CIDRS token_bound_cidrs=$CIDRS}
	# Periodic: it lives as long as it is renewed, and dies within the hour when it is not.
	life="token_period=1h token_num_uses=0"
	if [ "$identity" = releaser ]; then
		# One call and the end of the token: whoever finds one finds it spent.
		life="token_period=0 token_ttl=1m token_max_ttl=1m token_num_uses=2"
	fi
	# shellcheck disable=SC2086 # words of options
	"$vault" write "auth/approle/role/countersign-$identity" \
		token_policies="countersign-$identity" token_no_default_policy=false \
		$life secret_id_ttl=0 secret_id_num_uses=0 $bound >/dev/null
done
echo "ready: give Countersign the role-ids and wrapped secret-ids of the AppRoles countersign-*" >&2
