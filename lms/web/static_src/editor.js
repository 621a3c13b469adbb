/* What the page of a unit gains when scripts run (authoring/templates/editor.html). Without this file its buttons do the same.

   1. What is written is saved as one types: two seconds after the last key, and every fifteen while one goes on. One save is under way
      at a time, each is sent again with its key until it is answered, and says what it was written over, so that two people who write
      at once are put together by the server. Until a save is acknowledged its text lies in the browser's storage; a page that is
      opened with such a text there offers it.
   2. The preview follows what is typed; the checks follow what is saved.
   3. Texts in Markdown have a toolbar, and find sources and terms while one stays in the text.
   4. A link of the checks opens what is folded around its place, and puts the cursor into its line. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  const words = form.dataset;
  const line = form.querySelector("[data-saved]");
  const IDLE = 2000, LONGEST = 15000, LOOK = 600;
  const APART = new Set(["csrf_token", "client_key", "over", "over_original", "do"]);
  const place = `lms-edit ${new URL(form.action).pathname}${new URL(form.action).search} ${words.owner}`;

  const content = () => Array.from(new FormData(form)).filter(([name]) => !APART.has(name));
  const asText = () => String(new URLSearchParams(content()));
  const key = () => crypto.randomUUID?.()
    ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const over = () => `over=${form.elements.over.value}&over_original=${form.elements.over_original.value}`;

  const open = Boolean(form.querySelector(".savebar button"));
  let kept = asText(); // what the server has
  let job = null; // what was sent and is not answered yet
  let busy = false, stopped = false, leaving = false, waitingFor = null;
  let since = 0, timer = 0;

  function tell(state, text, link) {
    if (state) line.dataset.state = state; else delete line.dataset.state;
    line.textContent = text || "";
    if (!link?.url) return;
    const anchor = Object.assign(document.createElement("a"), { href: link.url, textContent: link.label });
    if (link.aside) anchor.target = "_blank";
    line.append(" ", anchor);
  }

  /* ---- saving */

  function changed() {
    if (asText() === kept && !job) { since = 0; return; }
    since ||= Date.now();
    remember(false);
    if (stopped) return;
    if (!busy) tell("", words.dirty);
    later(Math.min(IDLE, Math.max(0, since + LONGEST - Date.now())));
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function save() {
    clearTimeout(timer);
    if (busy || stopped) return;
    const text = asText();
    if (!job && text === kept) return;
    job ??= { text, key: key(), over: over(), tries: 0 };
    since = 0;
    tell("", words.saving);
    post();
  }

  async function post() {
    busy = true;
    let answer, said = {};
    try {
      answer = await fetch(form.action, {
        method: "POST", signal: AbortSignal.timeout?.(20000),
        body: `${job.text}&${job.over}&client_key=${job.key}&csrf_token=${encodeURIComponent(form.elements.csrf_token.value)}`,
        headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      });
      said = await answer.json().catch(() => ({}));
    } catch { /* the line was lost: the same is sent again */ }
    busy = false;
    if (answer?.ok && said.text) saved(said);
    else if (answer?.status === 400 && !job.renewed) { job.renewed = true; if (await renewToken()) post(); else signedOut(); return; }
    else if (answer?.status === 401) signedOut();
    else if (answer?.status === 404 || answer?.status === 403) stop(words.gone);
    else if (answer?.status === 409 && said.url) stop(said.text, said);
    else if (answer && answer.status < 500 && ![408, 429].includes(answer.status)) { job = null; tell("refused", said.text); }
    else again(answer ? words.failed : words.waiting);
    waitingFor?.();
  }

  function saved(said) {
    const sent = job.text;
    form.elements.over.value = said.over;
    form.elements.over_original.value = said.over_original;
    job = null;
    document.querySelector("[data-checks]").innerHTML = said.checks;
    if (said.together && !takeOver(said.items, sent)) { kept = ""; remember(false); stop(words.reload, { url: location.href, label: words.reloadLabel }); return; }
    kept = said.together ? asText() : sent;
    tell("saved", said.text);
    if (asText() === kept) { localStorage.removeItem(place); asKept(); } else changed();
  }

  function again(text) {
    job.tries += 1;
    tell("waiting", text);
    later(Math.min(30000, 1000 * 2 ** job.tries) * (0.75 + Math.random() / 2));
  }

  function signedOut() {
    tell("refused", words.signedOut, { url: words.signIn, label: words.signInLabel, aside: true });
    later(15000);
  }

  function stop(text, link) {
    stopped = true;
    tell("refused", text, link);
  }

  /* After signing in again the page's token is an old one. */
  async function renewToken() {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const token = page.querySelector("form[data-editor] [name=csrf_token]")?.value;
      if (token) form.elements.csrf_token.value = token;
      return Boolean(token);
    } catch { return false; }
  }

  /* What somebody else wrote, put into the fields; not where something was typed since, nor where there are other fields now. */
  function takeOver(items, sent) {
    if (asText() !== sent) return false;
    const names = new Set(content().map(([name]) => name).filter((name) => name.startsWith("f.")));
    const theirs = Object.keys(items).filter((name) => name.startsWith("f."));
    const known = theirs.every((name) => form.elements[name]) && Array.from(names).every((name) => name in items);
    if (!known) return false;
    for (const [name, value] of Object.entries(items)) {
      const field = form.elements[name];
      if (!field) continue;
      if (field instanceof RadioNodeList || ["checkbox", "radio"].includes(field.type)) {
        for (const one of field instanceof RadioNodeList ? field : [field]) one.checked = one.value === value;
      } else if (field.type === "hidden" && field.value !== value) return false;
      else if (field.value !== value) field.value = value;
    }
    return true;
  }

  /* The fields know from then on that the server has them (languages.js asks). */
  function asKept() {
    for (const field of form.querySelectorAll("input:not([type=hidden]), textarea, option")) {
      if ("defaultChecked" in field) field.defaultChecked = field.checked;
      if ("defaultSelected" in field) field.defaultSelected = field.selected;
      else if (!field.matches("[type=checkbox], [type=radio]")) field.defaultValue = field.value;
    }
  }

  /* ---- what is not saved yet stays on this device */

  function remember(submitted) {
    try {
      localStorage.setItem(place, JSON.stringify({ text: asText(), over: form.elements.over.value, at: Date.now(), submitted }));
    } catch { /* full, or not allowed: the page itself still has it, and asks before it is left */ }
  }

  /* What an earlier page left here waits beside what this one writes, until somebody decides. */
  function offer() {
    const left = stored(place), waits = `${place} earlier`;
    const arrived = left?.submitted && left.over !== form.elements.over.value;
    localStorage.removeItem(place);
    if (left && !arrived && left.text !== kept) localStorage.setItem(waits, JSON.stringify(left));
    const found = stored(waits);
    if (!found) return;
    const note = form.querySelector("[data-kept]"), said = note.querySelector("[data-kept-words]");
    const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(found.at);
    said.textContent = said.dataset.keptWords.replace("{when}", when);
    note.hidden = false;
    const done = () => { localStorage.removeItem(waits); note.hidden = true; };
    note.querySelector("[data-kept-drop]").addEventListener("click", done);
    note.querySelector("[data-kept-take]").addEventListener("click", () => {
      const rest = fill(found);
      changed();
      preview();
      if (!rest) { done(); form.elements.body?.focus(); return; }
      const area = Object.assign(document.createElement("textarea"), { className: "input", rows: 6, readOnly: true, value: rest });
      said.textContent = said.dataset.keptRest;
      area.setAttribute("aria-label", said.dataset.keptRest);
      note.querySelector("[data-kept-take]").replaceWith(area);
    });
  }

  function stored(name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  }

  /* Gives the texts that have no field any more. */
  function fill(found) {
    const given = new URLSearchParams(found.text);
    form.elements.over.value = found.over; // it was written over that state: what came since is merged with it
    for (const field of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
      if (!field.name || APART.has(field.name)) continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = given.getAll(field.name).includes(field.value);
      else if (given.has(field.name)) field.value = given.get(field.name);
    }
    return Array.from(given).filter(([name, value]) => value.trim() && !form.elements[name] && !/\.(id|key|kind|substance)$/.test(name))
      .map(([, value]) => value).join("\n\n");
  }

  /* ---- the preview */

  const shown = document.querySelector("[data-preview-part]");
  let looking = 0, look = null;
  function preview() {
    clearTimeout(looking);
    looking = setTimeout(async () => {
      look?.abort();
      look = new AbortController();
      try {
        const body = `${asText()}&csrf_token=${encodeURIComponent(form.elements.csrf_token.value)}`;
        const answer = await fetch(words.preview, { method: "POST", body, signal: look.signal, headers: { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" } });
        if (answer.ok) shown.innerHTML = await answer.text();
      } catch { /* the next key asks again */ }
    }, LOOK);
  }

  if (open) {
    form.addEventListener("input", () => { changed(); preview(); });
    form.addEventListener("change", () => { changed(); preview(); });
  }
  form.addEventListener("submit", (event) => {
    const act = event.submitter?.name === "do";
    if (event.submitter?.closest(".savebar") && !stopped) { event.preventDefault(); save(); return; }
    if (busy) {
      event.preventDefault();
      waitingFor = () => { waitingFor = null; form.requestSubmit(event.submitter ?? undefined); };
      return;
    }
    clearTimeout(timer);
    if (act || asText() !== kept) remember(true);
    leaving = true;
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && open) { event.preventDefault(); save(); }
  });
  addEventListener("online", () => { if (job && !busy) save(); });
  addEventListener("focus", () => { if (job && !busy) save(); });
  addEventListener("beforeunload", (event) => { if (open && !leaving && (job || asText() !== kept)) event.preventDefault(); });
  addEventListener("pageshow", (event) => { leaving = false; if (event.persisted) location.reload(); });

  /* ---- the toolbar */

  function put(area, text, from = area.selectionStart, to = area.selectionEnd) {
    area.focus();
    area.setSelectionRange(from, to);
    // So that the browser's own undo knows of it.
    if (!document.execCommand?.("insertText", false, text)) { area.setRangeText(text, from, to, "end"); area.dispatchEvent(new Event("input", { bubbles: true })); }
  }

  function around(area, mark, otherwise) {
    const from = area.selectionStart, chosen = area.value.slice(from, area.selectionEnd) || otherwise;
    put(area, `${mark}${chosen}${mark}`);
    area.setSelectionRange(from + mark.length, from + mark.length + chosen.length);
  }

  function lines(area, change) {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const end = area.value.indexOf("\n", area.selectionEnd), to = end < 0 ? area.value.length : end;
    const others = new Set(Array.from(`${area.value.slice(0, from)}${area.value.slice(to)}`.matchAll(ANCHOR), (found) => found[1]));
    put(area, area.value.slice(from, to).split("\n").map((text) => change(text, others)).join("\n"), from, to);
  }

  const anchorOf = (text) => text.normalize("NFD").toLowerCase().replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || "part";
  const ANCHOR = /\{#([^}]*)\}/g;
  /* An address of its own for each heading: in a script without a to z all would have the same. */
  function heading(text, name, taken) {
    const bare = text.replace(/^#+ |\s*\{#.*\}$/g, "") || name, wanted = anchorOf(bare);
    let anchor = wanted;
    for (let number = 2; taken.has(anchor); number += 1) anchor = `${wanted}-${number}`;
    taken.add(anchor);
    return `## ${bare} {#${anchor}}`;
  }
  const ACTS = {
    bold: (area, name) => around(area, "**", name),
    italic: (area, name) => around(area, "*", name),
    heading: (area, name) => lines(area, (text, others) => heading(text, name, others)),
    list: (area) => lines(area, (text) => (text.startsWith("- ") ? text.slice(2) : `- ${text}`)),
    quote: (area) => lines(area, (text) => (text.startsWith("> ") ? text.slice(2) : `> ${text}`)),
    link: (area, name) => {
      const from = area.selectionStart, chosen = area.value.slice(from, area.selectionEnd) || name;
      put(area, `[${chosen}](https://)`);
      area.setSelectionRange(from + chosen.length + 3, from + chosen.length + 11);
    },
  };

  function toolbar(area) {
    const bar = document.getElementById("p.toolbar").content.firstElementChild.cloneNode(true);
    const label = form.querySelector(`label[for="${area.id}"]`)?.textContent;
    bar.setAttribute("aria-label", label ? `${bar.getAttribute("aria-label")}: ${label}` : bar.getAttribute("aria-label"));
    if (area.dataset.markdown !== "text") bar.querySelectorAll("[data-text]").forEach((button) => button.remove());
    const buttons = Array.from(bar.querySelectorAll("button"));
    buttons.forEach((button, number) => { button.tabIndex = number ? -1 : 0; });
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = buttons.indexOf(document.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const turned = document.documentElement.dir === "rtl" ? -step : step;
      const next = buttons[(at + turned + buttons.length) % buttons.length];
      buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
      next.focus();
    });
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.md === "find") finder(area, bar, button);
      else ACTS[button.dataset.md](area, button.textContent.trim());
    });
    area.before(bar);
  }

  function finder(area, bar, button) {
    const open = bar.nextElementSibling;
    if (open?.matches(".finder")) { close(); return; }
    const from = area.selectionStart, to = area.selectionEnd;
    const box = document.getElementById("p.finder").content.firstElementChild.cloneNode(true);
    const asked = box.querySelector("input"), list = box.querySelector("ul"), said = box.querySelector("[role=status]");
    let waiting = 0;
    function close() { bar.parentElement.querySelector(".finder")?.remove(); button.setAttribute("aria-expanded", "false"); button.focus(); }
    function take(snippet) {
      const chosen = area.value.slice(from, to), term = snippet.startsWith("[[");
      close();
      put(area, term && chosen ? `${snippet.slice(0, -2)}|${chosen}]]` : snippet, term ? from : to, to);
    }
    asked.addEventListener("input", (event) => {
      event.stopPropagation(); // this is no part of the text
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const answer = await fetch(`${box.dataset.lookup}?q=${encodeURIComponent(asked.value)}`, { headers: { Accept: "application/json" } }).catch(() => null);
        const found = await answer?.json().catch(() => null);
        if (!found?.hits) { said.textContent = words.waiting; return; }
        said.textContent = found.said;
        list.replaceChildren(...found.hits.map((hit) => {
          const entry = document.createElement("li"), act = document.createElement("button"), code = document.createElement("code"), more = document.createElement("span");
          Object.assign(act, { type: "button", className: "btn-link", textContent: hit.name });
          Object.assign(code, { textContent: hit.snippet, className: "mono sm" });
          Object.assign(more, { textContent: hit.detail, className: "sub" });
          act.addEventListener("click", () => take(hit.snippet));
          entry.append(act, " ", code, more);
          return entry;
        }));
      }, 250);
    });
    asked.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); list.querySelector("button")?.focus(); }
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    box.querySelector("[data-close]").addEventListener("click", close);
    bar.after(box);
    button.setAttribute("aria-expanded", "true");
    asked.focus();
  }

  /* ---- from a check to its place */

  function go(target, number) {
    for (let around = target; around; around = around.parentElement) if (around.localName === "details") around.open = true;
    const field = target.matches("input, textarea, select") ? target : target.querySelector("input:not([type=hidden]), textarea, select");
    target.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
    if (!number || field?.localName !== "textarea") return;
    const all = field.value.split("\n"), start = all.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    field.setSelectionRange(start, start + (all[number - 1] ?? "").length);
    field.scrollTop = field.scrollHeight * ((number - 1) / all.length) - field.clientHeight / 3;
  }
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("[data-checks] a[href*='#']");
    const target = anchor && anchor.pathname === location.pathname && document.getElementById(anchor.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    go(target, Number(anchor.dataset.line));
  });

  if (open) {
    form.querySelectorAll("textarea[data-markdown]").forEach(toolbar);
    offer();
  }
  const asked = location.hash.startsWith("#f.") && document.getElementById(location.hash.slice(1));
  // The browser goes to the address first, and takes the focus away where it cannot stay.
  if (asked) addEventListener("load", () => setTimeout(() => go(asked, 0)));
})();
