# See en.lex. Both scripts.
command.back: 回到上一步 | 返回上一步 | 上一个 | 上一個 | 回上一步 | 返回 | 上一步 | 后退 | 後退 | 退回
command.cancel: 取消 | 算了 | 不用了 | 撤回 | 作废 | 作廢 | 停止
command.skip: 跳过 | 跳過 | 没有 | 沒有 | 无 | 無 | 不需要
command.unsure: 不知道 | 不清楚 | 不确定 | 不確定 | 没定 | 未定
command.send: 提交 | 发送 | 發送 | 可以 | 好的 | 没问题 | 沒問題
command.help: 帮助 | 幫助 | 說明 | 说明
field.product: 产品 | 產品
field.service: 服务 | 服務
field.version: 版本
field.topology: 拓扑 | 拓撲
field.nodes: 节点 | 節點 | 主机 | 主機
field.cluster_fqdn: 集群名 | 集群 | 叢集 | 叢集名稱
field.domains: 域名 | 网域 | 網域 | 域
field.names: 备用名称 | 備用名稱
field.features: 功能
field.ca: 签发机构 | 簽發機構
field.key: 密钥 | 金鑰
field.subject.O: 公司 | 组织 | 組織 | 单位
field.subject.OU: 部门 | 部門
field.subject.L: 城市
field.subject.ST: 省 | 省份 | 州
field.subject.C: 国家 | 國家
field.environment: 环境 | 環境
field.purpose: 原因 | 理由 | 用途
slash.new: 申请 | 申請 | 新建
slash.list: 列表 | 清單
slash.show: 查看 | 檢視
slash.renew: 续订 | 續訂 | 更新
slash.diagnose: 诊断 | 診斷
slash.inspect: 检查 | 檢查
slash.revoke: 吊销 | 撤銷
filter.mine: 我的
filter.team: 团队 | 團隊
filter.all: 全部 | 所有
filter.open: 进行中 | 進行中 | 未完成
filter.issued: 已签发 | 已簽發
filter.expiring: 即将到期 | 即將到期 | 快到期
bare.list: 列表 | 状态 | 狀態
bare.help: 帮助 | 幫助 | 诊断 | 診斷
bare.inspect: 检查 | 檢查
bare.new: 新建 | 申请 | 申請
