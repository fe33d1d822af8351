package artefact

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	utf "golang.org/x/text/encoding/unicode"
)

// charset finds the encoding of a text by its beginning; nil means UTF-8, or none that
// is known. Windows tools write UTF-16, and Chinese ones GBK or Big5.
func charset(head []byte) encoding.Encoding {
	switch utf16Order(head) {
	case 'l':
		return utf.UTF16(utf.LittleEndian, utf.UseBOM)
	case 'b':
		return utf.UTF16(utf.BigEndian, utf.UseBOM)
	}
	head = head[:min(len(head), sniffLength)]
	if validUTF8(head) {
		return nil
	}
	var best encoding.Encoding
	most := 1
	for _, e := range []encoding.Encoding{simplifiedchinese.GB18030, traditionalchinese.Big5} {
		if n := chinese(e, head); n > most {
			best, most = e, n
		}
	}
	return best
}

// validUTF8 forgives a character that the end of head cuts.
func validUTF8(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}

// common are the most frequent characters of Chinese logs and messages, in both
// scripts.
const common = "的是不了在有无法到错误失败证书连接服务器请求时间用户端成功信任名称密钥签验主机网络无效已过期" +
	"無錯誤敗證書憑連線伺請時間戶成稱金鑰簽驗機網路無效過期題問說為這個來與對系統設定訊息文件檔案"

// chinese counts how many common characters raw has when read as e; 0 if it does not
// read like Chinese at all.
func chinese(e encoding.Encoding, raw []byte) int {
	out, err := e.NewDecoder().Bytes(raw)
	if err != nil {
		return 0
	}
	han, known, broken := 0, 0, 0
	for _, r := range string(out) {
		switch {
		case r == utf8.RuneError:
			broken++
		case unicode.Is(unicode.Han, r):
			han++
			if strings.ContainsRune(common, r) {
				known++
			}
		}
	}
	if broken > 1+han/20 || known*5 < han {
		return 0
	}
	return known
}

// decodeText gives a text in UTF-8.
func decodeText(raw []byte) string {
	if e := charset(raw); e != nil {
		if out, err := e.NewDecoder().Bytes(raw); err == nil {
			return strings.ToValidUTF8(string(out), "\ufffd")
		}
	}
	return strings.ToValidUTF8(string(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))), "\ufffd")
}

// decodeStream is decodeText for a text that is read through.
func decodeStream(r io.Reader) io.Reader {
	p, ok := r.(interface{ Peek(n int) ([]byte, error) })
	if !ok {
		return r
	}
	head, _ := p.Peek(sniffLength) //nolint:errcheck // a short file gives what there is
	if e := charset(head); e != nil {
		return e.NewDecoder().Reader(r)
	}
	return r
}

// sniffLength is how many bytes sniff wants: the magic of a tar is at 257.
const sniffLength = 4096

// utf16Order finds UTF-16, which Windows tools write: 'l' little, 'b' big, 0 not.
func utf16Order(head []byte) byte {
	switch {
	case len(head) < 4:
		return 0
	case head[0] == 0xff && head[1] == 0xfe:
		return 'l'
	case head[0] == 0xfe && head[1] == 0xff:
		return 'b'
	}
	odd, even := 0, 0
	n := min(len(head), 512) &^ 1
	for i := 0; i < n; i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch {
	case odd*10 > n/2*8 && even == 0:
		return 'l'
	case even*10 > n/2*8 && odd == 0:
		return 'b'
	}
	return 0
}
