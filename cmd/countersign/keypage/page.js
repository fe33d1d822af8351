// The token goes from the address into memory before anything else can see it there. What
// became of the hand-over stays with the entry of the history, so that going back or loading
// the page again tells it.
const form = document.querySelector("form"), token = location.hash.slice(1), lang = document.documentElement.lang;
history.replaceState(history.state, "", location.pathname + location.search);

function show(state, at) {
	const named = document.querySelector(`section[data-state="${state}"]`) ? state : "failed";
	const time = at ? new Date(at).toLocaleString(lang, {dateStyle: "medium", timeStyle: "short"}) : "";
	for (const s of document.querySelectorAll("section")) {
		s.hidden = s.dataset.state !== named;
		for (const t of s.querySelectorAll("time")) { t.dateTime = at || ""; t.textContent = time; }
	}
	if (named === "done" || named === "opened") history.replaceState({state: named, at}, "");
}

function ask(fields) {
	return fetch(location.pathname, {method: "POST", body: new URLSearchParams({token, ...fields}), cache: "no-store", credentials: "omit"});
}

async function told(answer) {
	const {state, at} = await answer.json();
	show(state, at);
}

function save(blob) {
	const a = document.createElement("a");
	a.href = URL.createObjectURL(blob);
	a.download = form.dataset.file;
	a.click();
	setTimeout(() => URL.revokeObjectURL(a.href), 60000);
}

form.addEventListener("submit", async event => {
	event.preventDefault();
	form.querySelector("button").disabled = true;
	try {
		const answer = await ask({});
		if (!answer.ok) return await told(answer);
		save(await answer.blob());
		show("done", new Date().toISOString());
	} catch { show("failed"); }
});

addEventListener("hashchange", () => location.reload()); // another link, in the same tab
if (token) ask({look: "1"}).then(told).catch(() => show("failed"));
else if (history.state) show(history.state.state, history.state.at);
else show("unknown");
