# Replies that are one of these words and nothing else, in lower case.
# command: what to do with the question. field: what a field is called where it is to be
# changed. slash: a word after /cert. filter: one after /cert list. bare: such a word typed
# without it, alone.
command.back: back | undo | previous | go back | one back | step back
command.cancel: cancel | stop | quit | forget it | never mind | nvm | discard | drop it
command.skip: skip | none | no | nothing | n/a | -
command.unsure: i don't know | i dont know | don't know | dunno | no idea | not sure | idk | unknown
command.send: send | send it | submit | go ahead | looks good | lgtm | ship it | yes | ok | okay
command.help: help | ?
field.product: product
field.service: service | purpose of the certificate
field.version: version | release
field.topology: topology
field.nodes: node | nodes | host | hosts | peers | fqdn | fqdns
field.cluster_fqdn: cluster | cluster name | cluster fqdn
field.domains: domain | domains
field.names: san | sans | names | extra names
field.features: features | feature
field.ca: ca | issuer
field.key: key | key size
field.subject.O: org | organisation | organization | company | o
field.subject.OU: ou | department | unit
field.subject.L: city | locality | l
field.subject.ST: state | province | st
field.subject.C: country | c
field.environment: environment | env
field.purpose: reason | justification
field.csr: csr
field.custody: custody
slash.new: new | request
slash.list: list
slash.show: show
slash.renew: renew
slash.diagnose: diagnose
slash.inspect: inspect
slash.revoke: revoke
filter.mine: mine
filter.team: team
filter.all: all | everything
filter.open: open
filter.issued: issued
filter.expiring: expiring
bare.list: list | status
bare.help: help | diagnose
bare.inspect: inspect
bare.new: new
