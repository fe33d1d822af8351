package artefact

import (
	"context"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	utf "golang.org/x/text/encoding/unicode"
)

// TestCharsets: logs in the encodings of Windows read the same, kept whole or streamed.
func TestCharsets(t *testing.T) {
	const hans = "2026-01-01 错误：无法验证服务器的证书，连接失败。请检查信任的根证书。\r\n"
	const hant = "2026-01-01 錯誤：無法驗證伺服器的憑證，連線失敗。請檢查信任的根憑證。\r\n"
	for name, tt := range map[string]struct {
		text string
		e    encoding.Encoding
	}{
		"UTF-8":       {hans, encoding.Nop},
		"GBK":         {hans, simplifiedchinese.GBK},
		"Big5":        {hant, traditionalchinese.Big5},
		"UTF-16":      {hant, utf.UTF16(utf.LittleEndian, utf.UseBOM)},
		"UTF-16, big": {hans, utf.UTF16(utf.BigEndian, utf.UseBOM)},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := tt.e.NewEncoder().Bytes([]byte(strings.Repeat(tt.text, 200)))
			if err != nil {
				t.Fatal(err)
			}
			for _, limits := range []Limits{{}, {Text: 100}} {
				b := open(t, "log.txt", raw, limits)
				logs := b.Logs(context.Background())
				got, err := io.ReadAll(logs)
				logs.Close()
				if err != nil || string(got) != strings.Repeat(tt.text, 200) {
					t.Errorf("streamed: %.120q %v", got, err)
				}
				if limits.Text == 0 && b.Parts[0].Text != strings.Repeat(tt.text, 200) {
					t.Errorf("kept: %.120q", b.Parts[0].Text)
				}
			}
		})
	}
	latin, err := charmap.ISO8859_1.NewEncoder().String("Le certificat a expir\u00e9, la cha\u00eene est incompl\u00e8te \u00e0 cause de l'\u00e9metteur\n")
	if err != nil {
		t.Fatal(err)
	}
	if e := charset([]byte(latin)); e != nil {
		t.Errorf("French is taken for %v", e)
	}
}
