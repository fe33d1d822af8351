# Sets of words that are compared whole; what each is for stands where the code names it.
corporate: inc | inc. | ltd | ltd. | llc | co | co. | corp | corp. | gmbh | ag | kg | plc | s.a. | sa | s.p.a. | spa | b.v. | bv | n.v. | nv | pty | limited | pte | pte. | pvt | pvt. | sdn | sdn. | bhd | bhd. | pty. | l.p. | lp | llp | kgaa | e.v. | s.r.l. | srl | sarl | s.l. | sl | oy | ab | as | a/s | k.k. | kk | incorporated | company | corporation
passives: by | with | durch | mit | par | por | con | door
nameWords: fqdn | hostname | host | hostname:
nameWords: 主机名 | 主机名称
bareCluster: cluster | clusters | clúster | grappe
bareCluster: 集群 | 丛集 | 群集 | クラスタ | クラスター
approvalReports: to | must | who | they | he | she | boss | manager | not | be | been | was | is | are | gets | got | already | will | should | can't | cannot | has | have | were | being | needs | nobody | noone | none | anybody | anyone | somebody | someone | i | we | you
explaining: explain | steps to | steps for | the steps | procedure | instructions for | guide | documentation | tell me about | walk me through | can you explain | could you explain | teach me | advice
explaining: 怎么 | 怎样 | 如何 | 哪些 | 解释 | 介绍 | 区别 | 注意什么 | 说明
oneCert: one cert | one certificate | one cert covering | one certificate covering | a single cert | a single certificate | one certificate for the | single certificate for the | use one cert | just one cert | only one cert | only one certificate | as one cert | one cert only | single cert on | single cert used | single certificate used | un seul certificat | un solo certificado | un solo certificato | nur ein zertifikat | ein einziges zertifikat
oneCert: 一张证书 | 一张凭证 | 一个证书 | 一份证书 | 一份凭证 | 只要一张 | 只签一张 | 用一张 | 单张证书
plainOne: one cert | one certificate
plainOne: 一张证书 | 一张凭证 | 一个证书 | 一份证书 | 一份凭证
inWords: in | under | within | inside | im | unter | dans | sous | en | bajo | nel | sotto | em | sob | at | binnen | onder
inWords: 在 | 都在 | 属于
greetings: hi | hey | hello | hallo | morning | moin | countersign | bot | team | all | folks | guys | everyone | so | and | but | ok | okay | please | well | also | btw | yes | no | thanks | hola | bonjour | ciao
states: active | inactive | failed | failing | down | up | ok | open | closed | established | unknown | pending | enabled | disabled | connected | running | stopped | of
afterOld: is out | until now | up to now | so far | previously | formerly | was | no longer | bisher | isn't
afterOld: 以前 | 之前 | 不用 | 不再用
abbreviations: e.g | i.e | etc | inc | ltd | co | corp | no | vs | approx | z.b | bzw | nr | resp | ca | st | dr | mr | ms | incl | excl | p.ex | ing | s.a | bros
publisherWords: publisher | pub | pub node
publisherWords: 发布服务器 | 发布者 | 发布方 | 发布节点 | 发行者 | パブリッシャ | パブリッシャー
subscriberWords: subscriber | subscribers | sub | subs | sub node
subscriberWords: 订阅服务器 | 订阅者 | 订阅方 | 订阅节点 | 订户 | サブスクライバ | サブスクライバー
domainWords: domain | domain name | domäne | domaine | dominio | domínio | domein
domainWords: 域 | 域名 | 网域 | ドメイン
stateWords: status | queue | progress | eta | status of | statut | update on | still waiting
stateWords: 状态 | 进度 | 状況
pendingWords: is pending | are pending | still pending | pending request | pending requests
pointers: those | these | they | that | them | it | this | both | die | diese | ceux | esos
newSubjects: but | and | aber | mais | pero | if | until | it | he | we | i | you
looseGlue: with | and | for | of | on | to | the | our | mit | avec
looseGlue: 也 | 的 | 在 | 有 | 我们 | 我们的 | 请 | 新 | 用 | 都 | 还要
# Numbers, as ordinals and in full.
number.1: first | 1st | one | 一
number.2: second | 2nd | two | 二 | 两
number.3: third | 3rd | three | 三
number.4: fourth | 4th | four | 四
number.5: fifth | 5th | five | 五
number.6: six
