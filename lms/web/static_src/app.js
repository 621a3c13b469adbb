/* What a page gains when scripts run. Every page and form works without this file.

   1. Answers are saved as they are chosen:

      <form data-save="URL of one answer" method="post" action="URL of the whole form"
            data-saving="Saving…" data-waiting="Not saved yet. We keep trying." data-refused="Not saved. Reload the page.">
        <input type="hidden" name="csrf_token" value="…">
        <div class="q" data-question="stable id"> inputs … <p role="status" data-receipt></p> </div>
      </form>

      A change posts csrf_token, question, client_key, sequence (it grows with every change, so that a late request is known as
      late; sending the whole form fills in its hidden field of that name, if it has one, and adds had_answer for every question
      that had one on this page, so that an empty one is known as taken back) and that question's inputs, urlencoded, with Accept: application/json. A data-save on the question wins over the form's.
      Expected: 200 {"text": "Saved at 14:03, receipt 128."}. A lost line, 408, 429 and 5xx are tried again with the same key and body.
      Any other answer is final: its {"text": …} is shown and what was chosen stays; {"url": …, "label": …} adds a link beside it.

   2. A form sent twice is sent once: the button keeps its label and says aria-disabled while the first request is under way.

   3. A list is searched while one types, as the server searches it when the form is sent:

      <form role="search" data-find="id of the list"> <input name="q"> </form>
      <p><span role="status" data-found="Found: {number}"></span> <a href="…" data-all>Show all</a></p>
      <nav> <a href="#id of a group"> </nav>
      <div id="…"> <section id="…"> <li data-item> … <span data-text>searched</span> … </li> </section> </div>
      <div data-none>Nothing is found</div>

      Every entry is in the page; what is not found is hidden, and with it groups left empty and the links to them. */
(() => {
  "use strict";
  const unsaved = new Map(); // question element → what still has to reach the server
  const typing = new Map(); // question element → timer of a text being written
  const kept = new WeakMap(); // question element → what the server has, so that leaving a text unchanged sends nothing
  let sending = false;
  let newest = 0;

  const sequence = () => (newest = Math.max(Date.now(), newest + 1));
  const key = () => crypto.randomUUID?.()
    ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  function tell(question, state, text, link) {
    const line = question.querySelector("[data-receipt]");
    if (!line) return;
    line.dataset.state = state;
    line.textContent = text || "";
    if (link?.url && link.label) {
      const anchor = Object.assign(document.createElement("a"), { href: link.url, textContent: link.label, target: "_blank" });
      line.append(" ", anchor);
    }
  }

  function bodyOf(question, form) {
    const all = new FormData(form);
    const chosen = new URLSearchParams({ csrf_token: all.get("csrf_token") ?? "", question: question.dataset.question });
    for (const name of new Set(Array.from(question.querySelectorAll("[name]"), (input) => input.name))) {
      for (const value of all.getAll(name)) chosen.append(name, value);
    }
    return { chosen: String(chosen), body: `${chosen}&client_key=${key()}&sequence=${sequence()}` };
  }

  function save(question) {
    clearTimeout(typing.get(question));
    const form = question.closest("form");
    const before = unsaved.get(question);
    const job = { form, ...bodyOf(question, form), tries: 0, busy: before?.busy };
    if (!before && kept.get(question) === job.chosen) return;
    clearTimeout(before?.timer);
    unsaved.set(question, job);
    remember(form, question.dataset.question);
    tell(question, "", form.dataset.saving);
    if (!job.busy) post(question, job);
  }

  function remember(form, name) {
    if (Array.from(form.querySelectorAll("[name=had_answer]")).some((input) => input.value === name)) return;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "had_answer", value: name }));
  }

  async function post(question, job) {
    clearTimeout(job.timer);
    job.timer = 0;
    job.busy = true;
    let answer, said;
    try {
      answer = await fetch(question.dataset.save || job.form.dataset.save, {
        method: "POST", body: job.body, signal: AbortSignal.timeout?.(20000),
        headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      });
      said = await answer.json().catch(() => ({}));
    } catch { /* the line was lost: `answer` stays empty and the job is tried again */ }
    const latest = unsaved.get(question);
    latest.busy = false;
    if (latest !== job) post(question, latest);
    else if (!answer || answer.status >= 500 || [408, 429].includes(answer.status)) retry(question, job);
    else settle(question, job, answer.ok && said.text, said);
  }

  function retry(question, job) {
    job.tries += 1;
    job.timer = setTimeout(post, Math.min(30000, 1000 * 2 ** job.tries) * (0.75 + Math.random() / 2), question, job);
    tell(question, "waiting", job.form.dataset.waiting);
  }

  function settle(question, job, saved, said) {
    if (saved) { unsaved.delete(question); kept.set(question, job.chosen); asSaved(question, job); }
    tell(question, saved ? "saved" : "refused", said.text || job.form.dataset.refused, said);
  }

  /* The fields know from then on that the server has them (languages.js asks). */
  function asSaved(question, job) {
    if (bodyOf(question, job.form).chosen !== job.chosen) return;
    for (const field of question.querySelectorAll("input, textarea, option")) {
      if ("defaultChecked" in field) field.defaultChecked = field.checked;
      if ("defaultSelected" in field) field.defaultSelected = field.selected;
      else if (!field.matches("[type=checkbox], [type=radio]")) field.defaultValue = field.value;
    }
  }

  const questionOf = (event) => event.target.closest?.("form[data-save] [data-question]");

  document.addEventListener("change", (event) => {
    const question = questionOf(event);
    if (question) save(question);
  });
  document.addEventListener("input", (event) => {
    const question = questionOf(event);
    if (!question || !event.target.matches("textarea, [type=text]")) return;
    clearTimeout(typing.get(question));
    typing.set(question, setTimeout(save, 2000, question));
  });
  addEventListener("online", () => unsaved.forEach((job, question) => { if (job.timer && !job.busy) post(question, job); }));
  addEventListener("beforeunload", (event) => { if (unsaved.size && !sending) event.preventDefault(); });

  // As `fold` in lms/catalogue/rules/alphabet.py; a test holds the two together.
  const MARKS = /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]/g;
  const ALIKE = { "\u00e6": "ae", "\u0153": "oe", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d", "\u0127": "h", "\u0167": "t", "\u00fe": "th", "\u00df": "ss", "\u0131": "i", "\u03c2": "\u03c3", "\u0629": "\u0647", "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0671": "\u0627" };
  const fold = (text) => Array.from(text.normalize("NFKD").toLowerCase().replace(MARKS, ""), (letter) => ALIKE[letter] ?? letter)
    .join("").replace(/[^\p{L}\p{N}\p{M}]+/gu, " ").trim();

  function find(form) {
    const asked = form.elements.q.value, words = fold(asked).split(" ");
    const items = Array.from(document.getElementById(form.dataset.find).querySelectorAll("[data-item]"));
    for (const item of items) {
      item.folded ??= fold(Array.from(item.querySelectorAll("[data-text]"), (part) => part.textContent).join(" "));
      item.hidden = !words.every((word) => item.folded.includes(word));
    }
    for (const group of new Set(items.map((item) => item.closest("section")))) {
      group.hidden = !group.querySelector("[data-item]:not([hidden])");
      document.querySelector(`nav [href="#${group.id}"]`).hidden = group.hidden;
    }
    const found = items.filter((item) => !item.hidden).length, told = document.querySelector("[data-found]");
    told.textContent = asked.trim() ? told.dataset.found.replace("{number}", found) : "";
    document.querySelector("[data-all]").hidden = !asked.trim();
    document.querySelector("[data-none]").hidden = found > 0;
    const here = new URL(location);
    if (asked.trim()) here.searchParams.set("q", asked); else here.searchParams.delete("q");
    history.replaceState(null, "", here);
  }

  let looking = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.find) return;
    clearTimeout(looking);
    looking = setTimeout(find, 250, form);
  });

  const busy = new Set();
  function release() {
    busy.forEach((form) => form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled")));
    busy.clear();
    sending = false;
  }
  addEventListener("submit", (event) => {
    if (busy.has(event.target)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    sending = event.target.matches("[data-save], [data-langs]"); // the second carries what is not saved to the next page
    const order = event.target.hasAttribute("data-save") && event.target.querySelector("[name=sequence]");
    if (order) order.value = sequence();
    busy.add(event.target);
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(release, 20000);
  });
  addEventListener("pageshow", release);
  document.addEventListener("htmx:finally:request", release);
})();
