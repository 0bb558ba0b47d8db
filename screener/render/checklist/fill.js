"use strict";
// Counts, saves and loads what is filled in. The state is in the page and in the file that is saved, nowhere else.
// What a file says is only ever put into .value, .checked and .textContent, and only if the whole file fits this page.
(() => {
  const FORMAT = "screener checklist 1";
  const LONGEST_FILE = 4_000_000;
  const LONGEST_TEXT = 4_000;
  // Control characters, and characters that turn the direction of text or have no width.
  const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
  const page = document.body.dataset;
  const bar = document.querySelector(".bar").dataset;
  const find = (id) => document.getElementById(id);
  const clean = (text) => text.replace(CONTROL, "\ufffd").slice(0, LONGEST_TEXT);

  const texts = [...document.querySelectorAll("main input[type=text], main textarea")];
  const radios = [...document.querySelectorAll("main input[type=radio]")];
  const groups = new Map();
  for (const radio of radios) groups.set(radio.name, [...(groups.get(radio.name) ?? []), radio]);
  const rows = [...document.querySelectorAll("tr.criterion")];
  const subject = page.subject && texts.find((field) => field.getAttribute("aria-label") === page.subject);
  const pageLine = document.createElement("style");
  let unsaved = false;

  // Typed text prints from a span beside its field: a field would cut off what is longer than itself.
  const copies = new Map();
  for (const field of texts) {
    const copy = document.createElement("span");
    copy.className = `typed ${field.className}`;
    copy.setAttribute("aria-hidden", "true");
    field.after(copy);
    field.classList.add("shown");
    copies.set(field, copy);
  }

  const chosen = (name) => groups.get(name).find((radio) => radio.checked)?.value ?? "";
  const markOf = (row) => [...row.querySelectorAll("input[type=radio]")].find((radio) => radio.checked)?.value ?? "";
  // "Not known" is said, but it closes nothing.
  const isOpen = (row) => ["", "not known"].includes(markOf(row));

  function count() {
    const open = rows.filter(isOpen).length;
    const said = bar.open.replace("{open}", () => open).replace("{all}", () => rows.length);
    if (find("open").textContent !== said) find("open").textContent = said;
  }

  // Why a mark is open or does not apply holds for the mark that the page came with, and for no other.
  function reasons() {
    for (const row of rows) {
      const before = [...row.querySelectorAll("input[type=radio]")].find((radio) => radio.defaultChecked)?.value ?? "";
      for (const why of row.querySelectorAll(".why")) why.hidden = markOf(row) !== before;
    }
    for (const row of document.querySelectorAll("tr.wait")) {
      const same = [...row.querySelectorAll("input, textarea")].every((field) => field.value === field.defaultValue);
      for (const why of row.querySelectorAll(".why")) why.hidden = !same;
    }
  }

  // A blank sheet repeats on every page the subject that is typed once.
  function repeatSubject() {
    if (!subject) return;
    const name = clean(subject.value).trim();
    const blank = page.head.match(/_{3,}/)[0];
    for (const place of document.querySelectorAll(".subject")) place.textContent = name || blank;
    const head = page.head.replace(blank, () => name || blank);
    const breakable = [...head.replace(/\S{40}/gu, "$&\u200b")];
    const inCss = breakable.map((letter) => `\\${letter.codePointAt(0).toString(16).padStart(6, "0")}`).join("");
    pageLine.textContent = `@page { @bottom-left { content: "${inCss}"; } }`;
  }

  function refresh() {
    for (const [field, copy] of copies) copy.textContent = clean(field.value);
    count();
    reasons();
    repeatSubject();
  }

  function state() {
    const values = {};
    for (const field of texts) values[field.name] = clean(field.value);
    for (const name of groups.keys()) values[name] = chosen(name);
    return { format: FORMAT, trial: page.trial, rules: page.rules, head: page.head, values };
  }

  const has = (thing, name) => Object.prototype.hasOwnProperty.call(thing, name);
  const isThing = (thing) => typeof thing === "object" && thing !== null && !Array.isArray(thing);
  const isText = (thing, name) => isThing(thing) && has(thing, name) && typeof thing[name] === "string";

  // Why a saved state cannot be taken; "" if it can.
  function refusal(saved) {
    if (!isText(saved, "format") || saved.format !== FORMAT) return bar.unreadable;
    if (!["trial", "rules", "head"].every((name) => isText(saved, name))) return bar.unreadable;
    if (saved.trial !== page.trial) return bar.trial.replace("{name}", () => clean(saved.trial).slice(0, 40));
    if (saved.rules !== page.rules || saved.head !== page.head) {
      return bar.other.replace("{name}", () => clean(saved.head).slice(0, 200));
    }
    const names = [...texts.map((field) => field.name), ...groups.keys()];
    if (!names.every((name) => isText(saved.values, name))) return bar.unreadable;
    const fits = ([name, group]) => ["", ...group.map((radio) => radio.value)].includes(saved.values[name]);
    return [...groups].every(fits) ? "" : bar.unreadable;
  }

  // Take a saved state, all of it or nothing; gives why it was refused, or "".
  function restore(text) {
    let saved = null;
    try {
      saved = JSON.parse(text);
    } catch {
      return bar.unreadable;
    }
    const reason = refusal(saved);
    if (reason) return reason;
    for (const field of texts) field.value = clean(saved.values[field.name]);
    for (const radio of radios) radio.checked = radio.value === saved.values[radio.name];
    unsaved = false;
    refresh();
    return "";
  }

  function say(text, isAlarm) {
    find("say").textContent = text;
    find("say").classList.toggle("alarm", isAlarm);
  }

  function save() {
    const name = `${page.trial.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 60)}-checklist.json`;
    const link = document.createElement("a");
    const content = new Blob([`${JSON.stringify(state(), null, 1)}\n`], { type: "application/json" });
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    unsaved = false;
    say(bar.saved.replace("{file}", () => name), false);
  }

  async function load(file) {
    const reason = file.size > LONGEST_FILE ? bar.unreadable : restore(await file.text());
    say(reason || bar.loaded.replace("{file}", () => clean(file.name).slice(0, 80)), Boolean(reason));
  }

  function next() {
    const here = rows.findIndex((row) => row.contains(lastRow));
    const after = [...rows.slice(here + 1), ...rows.slice(0, here + 1)].find(isOpen);
    if (!after) return;
    after.scrollIntoView({ block: "center" });
    (after.querySelector("input:checked") ?? after.querySelector("input[type=radio]")).focus({ preventScroll: true });
  }

  function empty(radio) {
    radio.checked = false;
    unsaved = true;
    refresh();
  }

  // The row that was last worked on: the button itself takes the focus away from it.
  let lastRow = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.closest("main")) lastRow = event.target.closest("tr") ?? lastRow;
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest("main")) unsaved = true;
    refresh();
  });
  // A mark made by mistake can be taken back: a second click, Delete or Backspace empties the box.
  let pressed = null;
  document.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest(".tick")?.querySelector("input");
    pressed = radio?.checked ? radio : null;
  });
  document.addEventListener("click", (event) => {
    if (event.target === pressed) {
      empty(pressed);
      pressed = null;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (["Delete", "Backspace"].includes(event.key) && event.target.type === "radio") empty(event.target);
  });
  addEventListener("beforeprint", refresh);
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  find("next").addEventListener("click", next);
  find("save").addEventListener("click", save);
  find("print").addEventListener("click", () => print());
  find("load").addEventListener("click", () => {
    if (!unsaved || confirm(bar.replace)) find("file").click();
  });
  find("file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) await load(file);
    event.target.value = "";
  });
  document.head.append(pageLine);
  refresh();
  window.checklist = { state, restore, refresh, next, save, load };
})();
