/* A part of an open page stays up to date. Without this file and htmx it shows what it showed when it was opened.

     <div id="…" data-fresh hx-get="address of the page" hx-trigger="every 60s, lms:look" hx-swap="outerHTML"
          hx-headers='{"If-None-Match": "W/\"tag of what it shows\""}'> … </div>
     <p role="status" hidden data-stale="id of the part">This page is no longer kept up to date.</p>

   The server answers 304 with nothing where nothing has changed, else with the part anew. Nothing is asked while the tab is
   hidden. While somebody is at work in the part (focus, a selection, a field they changed) it stays as it is; it is asked for
   when they leave. Where the server no longer answers to this person, the part stays and the line beside it says so. */
(() => {
  "use strict";
  const isPart = (element) => element.matches?.("[data-fresh]");
  const late = new WeakSet(); // parts that would have been asked for or changed while somebody was at work in them

  function atWork(part) {
    const chosen = getSelection();
    return part.contains(document.activeElement)
      || (chosen && !chosen.isCollapsed && chosen.containsNode(part, true))
      || Array.from(part.querySelectorAll("input, textarea, select")).some((field) => field.type !== "hidden" && changed(field));
  }
  const changed = (field) => field.matches("select")
    ? Array.from(field.options).some((option) => option.selected !== option.defaultSelected)
    : field.value !== field.defaultValue || Boolean(field.checked) !== Boolean(field.defaultChecked);

  function waits(event) {
    const part = event.target;
    if (!isPart(part)) return;
    if (part.dataset.fresh === "over" || document.hidden) event.preventDefault();
    else if (atWork(part)) { late.add(part); event.preventDefault(); }
  }
  document.addEventListener("htmx:before:request", waits);
  document.addEventListener("htmx:before:swap", waits);

  document.addEventListener("htmx:before:response", (event) => {
    const part = event.target, status = event.detail.ctx.response.status;
    if (!isPart(part) || status === 200) return;
    event.preventDefault();
    if (status < 400 || status >= 500) return;
    part.dataset.fresh = "over";
    const line = document.querySelector(`[data-stale="${part.id}"]`);
    if (line) line.hidden = false;
  });

  const look = (part) => part.dispatchEvent(new CustomEvent("lms:look"));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.querySelectorAll("[data-fresh]").forEach(look);
  });
  document.addEventListener("focusout", (event) => {
    const part = event.target.closest?.("[data-fresh]");
    if (part && late.has(part) && !part.contains(event.relatedTarget)) { late.delete(part); setTimeout(look, 0, part); }
  });
})();
