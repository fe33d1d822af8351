// The token goes from the address into memory before anything else can see it there. What
// became of the hand-over stays with the entry of the history, so that going back or loading
// the page again tells it.
const form = document.querySelector("form"), token = location.hash.slice(1), lang = document.documentElement.lang;
let file = "private.key.pem";
history.replaceState(history.state, "", location.pathname + location.search);

function show(said) {
	const named = document.querySelector(`section[data-state="${said.state}"]`) ? said.state : "failed";
	const time = said.at ? new Date(said.at).toLocaleString(lang, {dateStyle: "medium", timeStyle: "short"}) : "";
	file = said.file || file;
	for (const s of document.querySelectorAll("section")) {
		s.hidden = s.dataset.state !== named;
		for (const t of s.querySelectorAll("time")) { t.dateTime = said.at || ""; t.textContent = time; }
		for (const f of s.querySelectorAll("code")) f.textContent = file;
	}
	if (named === "done" || named === "opened") history.replaceState({state: named, at: said.at, file}, "");
}

function ask(fields) {
	return fetch(location.pathname, {method: "POST", body: new URLSearchParams({token, ...fields}), cache: "no-store", credentials: "omit"});
}

function save(blob) {
	const a = document.createElement("a");
	a.href = URL.createObjectURL(blob);
	a.download = file;
	a.click();
	setTimeout(() => URL.revokeObjectURL(a.href), 60000);
}

form.addEventListener("submit", async event => {
	event.preventDefault();
	form.querySelector("button").disabled = true;
	try {
		const answer = await ask({});
		if (!answer.ok) return show({...await answer.json(), file});
		save(await answer.blob());
		show({state: "done", at: new Date().toISOString()});
	} catch { show({state: "failed"}); }
});

addEventListener("hashchange", () => location.reload()); // another link, in the same tab
if (token) ask({look: "1"}).then(answer => answer.json()).then(show).catch(() => show({state: "failed"}));
else show(history.state || {state: "unknown"});
