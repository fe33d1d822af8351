package main

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
)

// keyScript moves the token from the fragment to the form, and out of the address bar.
const keyScript = `document.getElementById("token").value = location.hash.slice(1); history.replaceState(null, "", "/key");`

// keyScriptHash allows that script and no other (Content Security Policy).
var keyScriptHash = func() string {
	sum := sha256.Sum256([]byte(keyScript))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

var keyTemplate = template.Must(template.New("key").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Countersign: private key</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1f2a37}button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f3a5f;color:#fff}</style>
<h1>Open the private key</h1>
<p>It can be opened once. Save the file where the target system needs it and nowhere else.<br>私钥只能打开一次，请仅保存到目标系统所需的位置。<br>私密金鑰只能開啟一次，請僅儲存到目標系統所需的位置。</p>
<form method="post" action="/key"><input type="hidden" name="token" id="token"><button>Download · 下载 · 下載</button></form>
<script>{{.}}</script>
`))
