// What pages do beyond HTML: theme, menus, keyboard, lean addresses, drafts. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const store = {
    get(name) { try { return localStorage.getItem(`planner.${name}`); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(`planner.${name}`, value); } catch { /* full or forbidden */ } },
    drop(name) { try { localStorage.removeItem(`planner.${name}`); } catch { /* forbidden */ } },
  };

  // Theme: system, light or dark.
  function showTheme() {
    const chosen = store.get("theme") || "system";
    for (const input of $$("[data-theme-choice]")) input.checked = input.value === chosen;
  }
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-theme-choice]")) return;
    const theme = event.target.value;
    if (theme === "system") { store.drop("theme"); delete root.dataset.theme; }
    else { store.set("theme", theme); root.dataset.theme = theme; }
  });

  // Menus close when the eye moves on.
  document.addEventListener("click", (event) => {
    for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".note, .toast").remove();
  });

  // An address carries what is set, nothing else.
  document.addEventListener("htmx:config:request", (event) => {
    const { request, sourceElement } = event.detail.ctx;
    if (!sourceElement.matches("form[method=get]")) return;
    for (const [name, value] of [...request.body.entries()]) if (value === "") request.body.delete(name);
  });

  // Keyboard. Off inside inputs, and off altogether when a person says so (WCAG 2.1.4).
  const listing = () => $$("[data-list] a[data-item]");
  function step(by) {
    const items = listing();
    if (!items.length) return;
    const at = items.indexOf(document.activeElement);
    items[Math.max(0, Math.min(items.length - 1, at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by))].focus();
  }
  let waiting = false;
  const go = (key) => { const link = $(`[data-key="${key}"]`); if (link) link.click(); return Boolean(link); };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = $("details.menu[open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); return; }
      if (event.target.matches("[type=search]")) event.target.blur();
    }
    const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || store.get("shortcuts") === "off") return;
    const level = /^[0-5]$/.test(event.key) && event.target.closest("[data-levels]");
    if (level) {
      const input = $(`input[value="${event.key === "0" ? "" : event.key}"]`, level);
      if (input) { input.click(); input.focus(); }
      return;
    }
    if (waiting) { waiting = false; if (go(`g ${event.key}`)) event.preventDefault(); return; }
    if (event.key === "g") { waiting = true; setTimeout(() => { waiting = false; }, 1500); return; }
    if (event.key === "j" || event.key === "k") { step(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
    if (event.key === "/") { const box = $("[data-search]"); if (box) { box.focus(); box.select(); event.preventDefault(); } return; }
    if ("c?".includes(event.key) && go(event.key)) event.preventDefault();
  });
  function showShortcuts() {
    const box = $("[data-shortcuts]");
    if (box) box.checked = store.get("shortcuts") !== "off";
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-shortcuts]")) store.set("shortcuts", event.target.checked ? "on" : "off");
  });

  // Drafts: what is typed into a long form survives a reload, until it is saved or thrown away.
  const content = (form) => JSON.stringify(
    [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !form.elements.namedItem(name)?.matches?.("[type=hidden]")));
  // As the server sent it: a browser that comes back to a page may have put in again what was typed.
  function asSent(form) {
    const pristine = form.cloneNode(true);
    pristine.reset();
    return content(pristine);
  }
  function fill(form, pairs) {
    const wanted = new Map();
    for (const [name, value] of pairs) wanted.set(name, [...(wanted.get(name) || []), value]);
    for (const element of form.elements) {
      if (!element.name || element.type === "hidden" || element.type === "file" || element.type === "submit") continue;
      const values = wanted.get(element.name) || [];
      if (element.type === "radio" || element.type === "checkbox") element.checked = values.includes(element.value);
      else if (values.length) element.value = values[0];
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (number) => String(number).padStart(2, "0");
  const moment = (at) =>
    `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}, ${two(at.getHours())}:${two(at.getMinutes())}`;
  function keepDraft(form) {
    if (form.dataset.keeping) return;
    form.dataset.keeping = "yes";
    const name = `draft.${form.dataset.draft}`;
    const original = asSent(form);
    const saved = store.get(name);
    if (saved && !form.matches("[data-rejected]")) {
      let draft = null;
      try { draft = JSON.parse(saved); } catch { store.drop(name); }
      if (draft && draft.content !== original) {
        fill(form, JSON.parse(draft.content));
        const bar = $("template[data-draft-bar]").content.firstElementChild.cloneNode(true);
        $("time", bar).textContent = moment(new Date(draft.at));
        $("button", bar).addEventListener("click", () => {
          store.drop(name);
          fill(form, JSON.parse(original));
          bar.remove();
        });
        form.prepend(bar);
      }
    }
    let timer = 0;
    const remember = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const now = content(form);
        if (now === original && !form.matches("[data-rejected]")) store.drop(name);
        else store.set(name, JSON.stringify({ at: Date.now(), content: now }));
      }, 150);
    };
    form.addEventListener("input", remember);
    form.addEventListener("change", remember);
  }

  // The standing beside a form that the browser filled in again is that of what is ticked.
  window.addEventListener("pageshow", (event) => {
    const panel = $("#standing[hx-post]");
    if (panel && (event.persisted || content(panel.closest("form")) !== asSent(panel.closest("form")))) panel.dispatchEvent(new Event("refresh"));
  });

  // What scrolls sideways fades at the edge behind which there is more.
  function fade(box) {
    const rest = box.scrollWidth - box.clientWidth - box.scrollLeft;
    box.classList.toggle("more-left", box.scrollLeft > 1);
    box.classList.toggle("more-right", rest > 1);
  }
  const fadeAll = () => $$(".tabs, .board").forEach(fade);
  document.addEventListener("scroll", (event) => {
    if (event.target instanceof Element && event.target.matches(".tabs, .board")) fade(event.target);
  }, { capture: true, passive: true });
  window.addEventListener("resize", fadeAll);

  function ready() {
    for (const mark of $$("[data-saved]")) store.drop(`draft.${mark.dataset.saved}`);
    for (const form of $$("form[data-draft]")) keepDraft(form);
    for (const here of $$(".tabs [aria-current]")) {
      const tabs = here.parentElement;
      tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
    }
    fadeAll();
    showTheme();
    showShortcuts();
    const alert = $("[role=alert][tabindex]:not([data-seen])");
    if (alert) { alert.dataset.seen = "yes"; alert.focus(); }
  }
  document.addEventListener("htmx:after:swap", ready);
  setTimeout(ready); // after htmx, which begins the same way and was asked first
})();
