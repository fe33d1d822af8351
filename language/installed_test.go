package language_test

import (
	"testing"

	"countersign/language"
)

func TestReadInstalled(t *testing.T) {
	for _, text := range []string{"It is installed", "installed on both nodes, thanks", "I've installed it.", "done, it's in place", "deployed and restarted tomcat", "已安装", "装好了，谢谢", "已經安裝完成", "裝好了"} {
		if !language.ReadInstalled(text) {
			t.Errorf("not taken as installed: %s", text)
		}
	}
	for _, text := range []string{"is it installed?", "not installed yet", "it couldn't be installed", "when it is installed I tell you", "installed, but the error is still there", "the upload failed", "还没安装", "安装失败", "安裝之前要備份嗎", "will be installed tonight", "thanks"} {
		if language.ReadInstalled(text) {
			t.Errorf("taken as installed: %s", text)
		}
	}
}
