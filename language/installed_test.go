package language_test

import (
	"testing"

	"countersign/language"
)

func TestReadInstalled(t *testing.T) {
	for _, text := range []string{"It is installed", "installed on both nodes, thanks", "I've installed it.", "done, it's in place", "deployed and restarted tomcat", "已安装", "装好了，谢谢", "已經安裝完成", "裝好了",
		"Installed.", "all installed", "已安装", "装好了", "裝好了", "done, installed on expe1 and expe2", "certificate installed and services restarted", "安装完成", "已上线",
		"部署好了", "It's live now", "We installed it this morning", "installed on expe1.example.com and expe2.example.com", "The new certificate has been installed, thank you", "installed and restarted tomcat", "已上线，谢谢！", "证书已经部署好了", "刚刚装好了",
		"已全部安装完成", "Cert is live now - thanks"} {
		if !language.ReadInstalled(text) {
			t.Errorf("not taken as installed: %s", text)
		}
	}
	for _, text := range []string{
		"is it installed?", "not installed yet", "it couldn't be installed", "when it is installed I tell you", "installed, but the error is still there", "the upload failed", "还没安装", "安装失败", "安裝之前要備份嗎",
		"will be installed tonight", "thanks", "live",
		"it will be installed tomorrow", "It'll be installed tomorrow", "I'll have it installed tomorrow", "to be installed tomorrow", "We plan to have it installed on Friday", "the installed one is wrong", "the old certificate is installed", "who installed it", "is it installed on expe2 as well",
		"please tell me as soon as it is installed", "needs to be installed tonight", "should be installed by Monday", "it gets installed tomorrow", "going to be installed tonight", "the one installed now expires on Friday", "If it is installed, tell me", "waiting for it to be installed", "installed tomorrow",
		"I uninstalled it", "half installed", "installed on expe1 only, expe2 is missing", "installed on half of the nodes", "installed in the lab", "installed tomorrow on expe1", "the old one is installed", "Installed. It fails", "今天装好",
		"已安装旧证书", "全部没装好", "will be live", "live on Friday", "it is live traffic", "installed on the wrong node", "all installed certificates are old", "it is installed but clients reject it", "installed, MRA is broken now",
		"明天装好", "明天安装完成后告诉你", "装好后告诉我", "装好以后我会说", "等安装完成", "安装完成请告知", "请在安装好之后重启", "装完再说", "旧证书已安装",
		"谁安装了", "装上试试", "准备安装", "要装上", "今晚安装完成", "明天会安装好", "装好了吗", "装好了么", "已安装的证书有问题",
		"希望今天装好", "今晚裝好", "裝好後請告訴我", "打算明天部署完成", "计划周五上线", "计划周五部署好", "正在安装，快装好了", "快装好了", "部署完成就告诉你",
		"已安装一台，还有一台", "I had it installed then rolled back", "installed and rolled back", "tomorrow it is installed", "would be installed", "must be installed by friday", "let's get this installed", "was installed on the wrong node", "cannot be installed"} {
		if language.ReadInstalled(text) {
			t.Errorf("taken as installed: %s", text)
		}
	}
}
