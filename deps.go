//go:build deps

package deps

import (
 _ "filippo.io/age"
 _ "github.com/alecthomas/kong"
 _ "github.com/chromedp/chromedp"
 _ "github.com/gopacket/gopacket"
 _ "github.com/gorilla/websocket"
 _ "github.com/hashicorp/vault/api"
 _ "github.com/hashicorp/vault/api/auth/approle"
 _ "github.com/hashicorp/vault/api/auth/kubernetes"
 _ "github.com/mattn/go-sqlite3"
 _ "github.com/mholt/acmez/v3"
 _ "github.com/nicksnyder/go-i18n/v2/i18n"
 _ "github.com/prometheus/client_golang/prometheus"
 _ "github.com/santhosh-tekuri/jsonschema/v6"
 _ "github.com/sashabaranov/go-openai"
 _ "github.com/slack-go/slack"
 _ "github.com/smallstep/pkcs7"
 _ "github.com/zmap/zlint/v3"
 _ "go.yaml.in/yaml/v3"
 _ "golang.org/x/crypto/ocsp"
 _ "golang.org/x/net/idna"
 _ "golang.org/x/text/language"
 _ "pgregory.net/rapid"
 _ "software.sslmate.com/src/go-pkcs12"
 _ "github.com/google/go-cmp/cmp"
 _ "golang.org/x/sync/errgroup"
 _ "golang.org/x/time/rate"
 _ "github.com/rogpeppe/go-internal/testscript"
)
