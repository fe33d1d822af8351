# Products and services. Names are the vendors' and need no language.
product.expressway-c: expressway c | expressway core | expressway control | express way c | exp c | expc | exp core | exway c | expwy c | expway c | xway c | ewy c | vcs c | vcsc | vcs control | core expressway | expressway (core) | expressway(core) | expressway (c) | expressway 核心 | 核心 expressway | expressway 内部 | expressway intern | expressway cores | expressway cs
product.expressway-e: expressway e | expressway edge | express way e | exp e | expe | exp edge | exway e | expwy e | expway e | xway e | ewy e | vcs e | vcse | vcs expressway | edge expressway | dmz expressway | expressway (edge) | expressway(edge) | expressway (e) | expressway 边缘 | 边缘 expressway | expressway es | expressway edges
product.expressway-e: =the E | the e cert* | our e cert* | new e cert* | the e box | the e side | the e node* | the e peer* | the e server | e side | our e is | the e is | e 侧 | e 端 | e 那边 | e 那台 | e 上的 | e 的证书 | e 的凭证 | e 证书 | e 凭证 | e 是
product.expressway-c: =the C | the c cert* | our c cert* | new c cert* | the c box | the c side | the c node* | the c peer* | the c server | c side | our c is | the c is | c 侧 | c 端 | c 那边 | c 那台 | c 上的 | c 的证书 | c 的凭证 | c 证书 | c 凭证 | c 是
product.expressway: expressway | expressways | vcs | x way | 高速公路
# Both sides in one breath.
product.expressway-both: expressway e and c | expressway e & c | expressway e 和 c | expressway e 与 c | expressway e 跟 c | expressway c 跟 e | expressway c 及 e | expressway e 及 c | exp e/c | exp e and c | exp c and e | expressway c and e | expressway c & e | expressway c/e | expressway c + e | exp c/e | expressway c and expressway e | expressway c 和 e | expressway c 与 e | expressway e/c
product.cucm: cucm | ucm | unified cm | call manager | callmanager server | callmanager cluster | callmanager node* | callmanager publisher | cisco callmanager | unified communications manager | unified call manager | cisco unified communications manager | communications manager | 统一通信管理器 | 统一通讯管理器 | 整合通讯管理员 | 通讯管理员 | 呼叫管理器
product.imp: im&p | im & p | imp | im+p | im and presence | im & presence | im and p | impresence | im presence | cups | cup server | presence server* | presence node* | cucm im&p | cucm im & p | cucm im and presence | presence service | 在线状态 | 线上状态 | 即时消息
product.cms: cms | meeting server* | cisco meeting server* | acano | 会议服务器 | 会议伺服器 | 思科会议服务器 | 思科会议伺服器
product.unity-connection: unity connection | unity | cuc | ucxn | cuxn | cisco unity | unity cxn | unity server* | voicemail server | voice mail server
product.generic: exchange | exchange server* | owa | sharepoint | postgres | postgresql | mysql | mariadb | mongodb | redis | sql server | oracle database | minio | openshift | docker registry | container registry | nextcloud | owncloud | postfix | dovecot | radius | freeradius | cisco ise | 思科 ise | ise node* | ise server* | ise portal* | idp | adfs | nginx | apache | apache2 | httpd | jboss | iis | haproxy | f5 | big ip | bigip | netscaler | reverse proxy | reverse proxies | rev proxy | proxy server | load balancer vip | web server* | webserver* | website* | web site* | web app server | web portal | intranet portal | gitlab | github enterprise | gitea | jenkins | grafana | kibana | elasticsearch | jira | confluence | nexus | artifactory | harbor | keycloak | ldap | ldap server | ldaps | ldap service | syslog server* | log server* | mail server* | smtp | imap | exchange | api gateway | traefik | caddy | envoy | kubernetes | k8s | ingress | prometheus | splunk | zabbix | mqtt | wiki server | sharepoint | sbc | session border controller | vpn gateway | anyconnect | wlc | printer* | nas | vcenter | esxi | postgres server | rabbitmq | kafka | plain tls | plain https | ordinary tls | ordinary https | normal tls | generic tls | regular tls | simple tls | standard tls | plain web | monitoring agent | not voice* | not a voice* | nothing voice* | nothing cisco | not cisco | non voice | non cisco | no cisco | not collab* | not uc related | tls server | https server | webserver | web service | windows server | linux server | linux box | backup server | ftp server | sftp server | database server | 反向代理 | 网站 | 网页服务器 | web 服务器 | web 伺服器 | 网页伺服器 | 负载均衡 | 负载平衡器 | 普通 tls | 普通 https | 一般 tls | 一般的 tls | 普通的 tls | 普通 ssl | 一般 ssl | 普通服务器 | 普通网站 | 不是语音* | 非语音* | 跟语音无关 | 与语音无关 | 和语音无关 | 不是思科* | 非思科* | tls 服务器 | tls 伺服器 | https 服务器 | https 伺服器 | 邮件服务器 | 日志服务器 | 网关服务器 | webserver* | *webserver | reverse proxy server | lastverteiler | équilibreur | proxy inverse | servidor web | serveur web | web sunucu | serveur mandataire | リバースプロキシ | webサーバ | ウェブサーバ | kein cisco | keine telefonie | nicht voice | inversed proxy

service.webadmin: webadmin | web admin | web admin interface | web administration | mmp web | web 管理 | webadmin interface
service.webbridge: webbridge | web bridge | webbridges | web bridges | wb2 | webbridge2 | web bridge 2 | web 桥 | 网桥 | web 网桥
service.webbridge3: webbridge3 | web bridge 3 | webbridge 3 | wb3 | webbridge3 https | web bridge 3 https | web 网桥 3 | web网桥3 | web app | webapp
service.callbridge: callbridge | call bridge | callbridges | call bridges | cb cert | 呼叫网桥
xmppword: xmpp
service.turn: for turn | for the turn | cms turn | turn component | turn certs | turn tls | and turn | 的 turn | turn 的 | turn 要 | turn 用 | turn 和 | turn 跟 | turn 与 | turn 那 | turn 也 | 和 turn | 跟 turn | 与 turn | 给 turn | turn service | turn server* | turn cert* | turn edge | =TURN | turn 服务 | turn 证书 | turn 凭证 | turn 伺服器
service.loadbalancer: loadbalancer cert* | load balancer service | load balancer cert* | load balancer | loadbalancer
service.xmpp: xmpp server | xmpp service | xmpp cert* | xmpp 服务 | xmpp 服务的* | xmpp 证书 | xmpp 凭证 | xmpp component | xmpp zertifikat
service.dbserver: dbserver | db server | db server cert* | database server cert* | database cluster server | 数据库服务器 | 资料库伺服器
service.dbclient: dbclient | db client | database client | 数据库客户端 | 资料库用户端
service.dbca: dbca | db ca | database ca
service.tomcat: tomcat | cisco tomcat | tomcats
service.tomcat-ecdsa: tomcat ecdsa | tomcat ec | tomcat (ecdsa) | tomcat(ecdsa) | ecdsa tomcat | ec tomcat | ecdsa version of tomcat | ecdsa version of the tomcat | ecdsa variant of tomcat
service.callmanager: callmanager | call manager cert* | callmanager cert*
service.callmanager-ecdsa: callmanager ecdsa | callmanager ec | callmanager (ecdsa) | call manager ecdsa | ecdsa callmanager | ecdsa version of callmanager | ecdsa version of the callmanager
service.capf: capf
service.ipsec: ipsec
service.tvs: tvs | trust verification service | 信任验证服务
service.itl: itlrecovery | itl recovery
service.cup: cup | cup service
service.cup-ecdsa: cup ecdsa | cup ec
service.cup-xmpp: cup xmpp | cup_xmpp
service.cup-xmpp-ecdsa: cup xmpp ecdsa | cup xmpp ec
service.cup-xmpp-s2s: s2s | cup xmpp s2s | xmpp s2s
service.cup-xmpp-s2s-ecdsa: cup xmpp s2s ecdsa | xmpp s2s ecdsa

# A client certificate is asked for, rather than a server's.
client: client one | client part | client side one | client cert* | client certificate* | client auth cert* | client tls cert* | client side cert* | client csr | tls client cert* | tls client | 客户端证书 | 客户端凭证 | 用户端凭证 | 客户端的证书 | 客户证书 | client zertifikat* | clientzertifikat* | certificat client | certificat* de client | certificado* de cliente | certificato client | クライアント証明書
mutual: mutual tls | mtls | two way tls | 2 way tls | 双向 tls | 双向认证
mute.client: client certificate test* | client cert store | client certificate store | client authentication eku

mute.stores: tomcat trust | callmanager trust | capf trust | ipsec trust | cup trust | cup xmpp trust | phone sast trust | tvs trust | tomcat-信任 | callmanager-信任 | tomcat 信任 | callmanager 信任
mute.restart: utils service restart cisco tomcat | restart tomcat | restart cisco tomcat | restarted tomcat | tomcat restart | restart callmanager | tomcat service restart
# Said of any service, and only of none of ours if nothing else is said.
product.generic: rsyslog | fluentd | logstash | graylog | opensearch | influxdb | memcached | etcd | squid | nagios | icinga | checkmk | git server* | file server* | print server* | media server* | jump server* | jump host* | proxy host | streaming server | ticket system | reporting server* | fortigate | fortinet | palo alto | checkpoint | check point | sophos | firewall | firewalls | pfsense | vpn | vpn portal | ssl vpn | openvpn | citrix | nextiva | radius server | nps | web ui | rest api | api server | api endpoint | billing service | micro service* | microservice* | argo | argocd | rancher | sonarqube | bitbucket | mattermost | rocket.chat | redmine | moodle | tableau | power bi | sap | erp | crm | odoo | wordpress | drupal | tomcat server of ours | node.js | nodejs | spring boot | consul | nomad | vault server | proxmox | synology | qnap | truenas | vmware | horizon | zimbra | roundcube | asterisk | freeswitch | kamailio | opensips | audiocodes | ribbon | oracle sbc | cube | wiki 系统 | wiki 服务器 | oa 系统 | oa | erp 系统 | crm 系统 | 门户 | 门户网站 | 官网 | 堡垒机 | 防火墙 | 网关 | 接口服务 | api 网关 | 微服务 | 代码仓库 | 镜像仓库 | 监控平台 | 监控系统 | 邮箱系统 | 邮件系统 | 邮件伺服器 | 邮件伺服 | 入口网站 | 防火墙设备 | 反向代理伺服器
product.generic: tls cert* | ssl cert* | https cert* | tls certificate for | ssl 证书 | https 证书 | tls 证书 | ssl 凭证 | tls 凭证 | https 凭证 | ssl zertifikat* | tls zertifikat* | certificat ssl | certificat tls | certificado ssl | certificado tls
service.turn: service turn | service: turn | turn, one | turn component cert*
product.expressway-c: do the c | only the c | just the c | the c only
product.expressway-e: do the e | only the e | just the e | the e only
