"use strict";
const page = JSON.parse(document.getElementById("page").textContent);
const hidden = {}; // by section: the series that are off
const state = { org: page.orgs[0], period: page.period, filters: {} };
const colours = {}; // by section: series in the order they were first seen, so each keeps its colour
let shown = null;
let turn = 0;

function make(name, text, parent) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function duration(seconds) {
  if (seconds <= -60) return "-" + duration(-seconds);
  const whole = Math.trunc(seconds);
  if (whole < 60) return Number(seconds.toPrecision(3)) + "s";
  for (const [size, unit, smaller, name] of [[86400, "d", 3600, "h"], [3600, "h", 60, "m"], [60, "m", 1, "s"]])
    if (whole >= size) return `${Math.trunc(whole / size)}${unit} ${Math.trunc((whole % size) / smaller)}${name}`;
}

function told(value, column) {
  if (value === null) return "";
  if (column.unit === "s") return duration(value);
  if (column.type.startsWith("TIMESTAMP")) return value.slice(0, 16).replace("T", " ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (column.type === "DOUBLE") return /share|rate|score|coverage/.test(column.name) ? percent(value) : value.toLocaleString("en", { maximumFractionDigits: 2 });
  return typeof value === "number" ? value.toLocaleString("en") : value;
}

function percent(value) {
  return (100 * value).toFixed(1) + " %";
}

function figure(told, kind) {
  if (told === null || told === undefined) return "–";
  return kind === "s" ? duration(told) : kind === "share" ? percent(told) : told.toLocaleString("en");
}

function change(now, before, kind) {
  if (before === null || before === undefined) return "";
  if (now === null || now === undefined) return `before: ${figure(before, kind)}`;
  const sign = now > before ? "▲" : now < before ? "▼" : "＝";
  return `${sign} before: ${figure(before, kind)}`;
}

function drawHeader(header) {
  const list = document.getElementById("figures");
  list.replaceChildren();
  for (const { name, title, kind, help } of page.header) {
    const box = make("div", null, list);
    make("dt", title, box);
    const { value, before } = header[name];
    make("dd", figure(value, kind), box).dataset.figure = name;
    const changed = change(value, before, kind);
    if (changed) make("dd", changed, box);
  }
  const last = shown.last_event_at;
  const box = make("div", null, list);
  make("dt", "Data up to", box);
  make("dd", last ? last.slice(0, 10) : "–", box).dataset.figure = "last_event_at";
  if (last) make("dd", `${last.slice(11, 16)}, ${age(last)}`, box);
  document.getElementById("excluded").textContent = shown.excluded
    ? `${shown.excluded.toLocaleString("en")} deleted tickets are in none of these figures.`
    : "";
}

function defineHeader() {
  const list = document.getElementById("definitions");
  for (const { title, help } of page.header) {
    make("dt", title, list);
    make("dd", help, list);
  }
  make("dt", "before", list);
  make("dd", "the same in as long a time before the period, up to the same weekday and time of day", list);
  make("dt", "Data up to", list);
  make("dd", "the last event of the organisation in the ledger, and how long ago that is by your clock", list);
}

function age(instant) {
  const seconds = (Date.now() - Date.parse(instant)) / 1000;
  return seconds < 0 ? "in the future" : `${duration(seconds)} ago`;
}

function views(spec) {
  return [spec, ...["layer", "vconcat"].flatMap((name) => (spec[name] || []).flatMap(views)), ...(spec.spec ? views(spec.spec) : [])];
}

function seriesOf(section, rows) {
  const coloured = views(section.spec).map((view) => view.encoding?.color).find((color) => color?.field === section.series);
  if (!coloured) return [];
  const domain = coloured.scale?.domain ?? [...new Set(rows.map((row) => row[section.series]))].sort();
  const range = coloured.scale?.range ?? page.config.range.category;
  const seen = (colours[section.name] ||= []);
  for (const value of domain) if (!seen.includes(value)) seen.push(value);
  return domain.map((value) => ({ value, color: range[seen.indexOf(value) % range.length] }));
}

function specFor(section, rows, series, width) {
  const spec = structuredClone(section.spec);
  const isNested = spec.vconcat || spec.facet;
  for (const view of views(spec)) {
    if (view.width && isNested) view.width = Math.max(width - 64, 120);
    const color = view.encoding?.color;
    if (color?.field === section.series) {
      color.scale = { domain: series.map((each) => each.value), range: series.map((each) => each.color) };
      color.legend = null;
    }
  }
  if (typeof spec.height === "object") spec.width = Math.max(width - 150, 120);
  else if (!isNested) Object.assign(spec, { width, autosize: { type: "fit-x", contains: "padding" } });
  for (const param of spec.params || []) if (param.name === "hidden") param.value = hidden[section.name] || [];
  return { ...spec, config: page.config, data: { ...spec.data, values: rows } };
}

function rowsOf(section, table) {
  return table.rows.map((values) => {
    const row = {};
    table.columns.forEach((name, place) => {
      row[name] = values[place];
      if (section.columns[name].unit === "s") row[name + "_text"] = values[place] === null ? "" : duration(values[place]);
    });
    return row;
  });
}

async function drawChart(section, table, place) {
  const target = place.querySelector(".chart");
  const rows = rowsOf(section, table);
  const series = seriesOf(section, rows);
  const legend = place.querySelector(".legend");
  legend.replaceChildren();
  for (const { value, color } of series) {
    const button = make("button", null, legend);
    button.type = "button";
    make("i", null, button).style.background = color;
    button.append(value === null ? "(none)" : String(value));
    const off = (hidden[section.name] ||= []);
    button.setAttribute("aria-pressed", !off.includes(value));
    button.onclick = () => {
      if (off.includes(value)) off.splice(off.indexOf(value), 1);
      else off.push(value);
      button.setAttribute("aria-pressed", !off.includes(value));
      embed(target, section, rows, series);
    };
  }
  legend.hidden = !series.length;
  target.redraw = () => embed(target, section, rows, series);
  await target.redraw();
}

async function embed(target, section, rows, series) {
  const width = target.clientWidth;
  if (!width) return;
  const options = { ast: true, logLevel: 1, renderer: "svg", actions: false, defaultStyle: false, mode: "vega-lite", tooltip: { disableDefaultStyle: true } };
  const made = await vegaEmbed(target, specFor(section, rows, series, width), options);
  target.view?.finalize();
  target.view = made.view;
}

function drawTable(section, table, parent) {
  const scroll = make("div", null, parent);
  scroll.className = "scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", `Numbers: ${section.title}`);
  const made = make("table", null, scroll);
  const head = make("tr", null, make("thead", null, made));
  const columns = table.columns.map((name) => ({ name, ...section.columns[name] }));
  const isNumber = (column) => column.unit || !/^(VARCHAR|TIMESTAMP|DATE|BOOLEAN)/.test(column.type);
  for (const column of columns) {
    const cell = make("th", column.name.replace(/_s$/, "").replace(/_local$/, "").replaceAll("_", " "), head);
    cell.scope = "col";
    cell.title = column.help;
    if (isNumber(column)) cell.className = "number";
  }
  const body = make("tbody", null, made);
  for (const row of table.rows) {
    const line = make("tr", null, body);
    columns.forEach((column, place) => {
      const cell = make("td", null, line);
      make("bdi", told(row[place], column), cell);
      if (isNumber(column)) cell.className = "number";
    });
  }
}

function drawSection(section, table) {
  const place = document.getElementById(`section-${section.name}`);
  place.querySelector(".note").textContent = note(section, table);
  const isEmpty = !table.rows.length;
  const numbers = place.querySelector(".numbers");
  numbers.replaceChildren();
  if (!isEmpty) drawTable(section, table, numbers);
  const drawn = place.querySelector(".drawn");
  if (drawn) drawn.hidden = isEmpty;
  const details = numbers.closest("details");
  if (details) details.hidden = isEmpty;
  return section.spec && !isEmpty ? drawChart(section, table, place) : null;
}

function note(section, table) {
  if (!table.rows.length) return section.needs || "Nothing to show: no ticket of this organisation and period is of this kind.";
  const parts = [`As of ${page.as_of.slice(0, 16).replace("T", " ")}`];
  if (!section.has_period) parts.push("whatever the period");
  if (table.rows.length < table.total) parts.push(`${table.rows.length} of ${table.total.toLocaleString("en")} shown`);
  if (table.excluded) parts.push(`${table.excluded.toLocaleString("en")} deleted tickets left out`);
  const ignored = Object.keys(state.filters).filter((name) => !section.filters.includes(name));
  if (ignored.length) parts.push(`not filtered by ${ignored.join(", ")}`);
  return parts.join("; ") + ".";
}

function build() {
  const parent = document.getElementById("sections");
  for (const section of page.sections) {
    const place = make("section", null, parent);
    place.id = `section-${section.name}`;
    if (!section.spec) place.className = "wide";
    place.setAttribute("aria-labelledby", `title-${section.name}`);
    make("h2", section.title, place).id = `title-${section.name}`;
    make("p", section.caption, place).className = "caption";
    let parentOfNumbers = place;
    if (section.spec) {
      const drawn = make("div", null, place);
      drawn.className = "drawn";
      const legend = make("div", null, drawn);
      legend.className = "legend";
      legend.setAttribute("role", "group");
      legend.setAttribute("aria-label", `Show in ${section.title}`);
      const chart = make("div", null, drawn);
      chart.className = "chart";
      chart.setAttribute("role", "img");
      chart.setAttribute("aria-label", `${section.spec.description}. The numbers are in the table below.`);
      parentOfNumbers = make("details", null, place);
      make("summary", "Numbers", parentOfNumbers);
    }
    make("div", null, parentOfNumbers).className = "numbers";
    make("p", null, place).className = "note";
    const definitions = make("details", null, place);
    make("summary", "Definitions", definitions);
    make("p", `${section.question} ${section.grain}; report ${section.name}.`, definitions).className = "caption";
    const list = make("dl", null, definitions);
    for (const [name, column] of Object.entries(section.columns)) {
      make("dt", name, list);
      make("dd", column.help, list);
    }
  }
}

async function figures() {
  if (!page.live) return page.figures[state.org]?.[state.period];
  const asked = new URLSearchParams({ org_id: state.org, period: state.period, ...state.filters });
  const answer = await fetch(`figures?${asked}`);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

async function show() {
  const notice = document.getElementById("notice");
  const mine = ++turn;
  const asked = JSON.stringify([state.org, state.period, state.filters]);
  for (const button of document.querySelectorAll("#periods button")) button.setAttribute("aria-pressed", button.value === state.period);
  let found = null;
  try {
    found = await figures();
  } catch (error) {
    if (mine === turn) notice.textContent = error.message;
    return;
  }
  if (mine !== turn) return; // another choice was made meanwhile
  shown = found;
  if (page.live) take(found.page);
  notice.textContent = page.notice;
  if (!shown?.header) return nothing();
  drawHeader(shown.header);
  await Promise.all(page.sections.map((section) => drawSection(section, page.live ? shown.tables[section.name] : page.tables[shown.tables[section.name]])));
  if (mine === turn) document.body.dataset.shown = asked;
}

function take(told) {
  const before = JSON.stringify([page.orgs, page.choices]);
  Object.assign(page, told);
  describe();
  if (before !== JSON.stringify([page.orgs, page.choices])) offer();
}

function nothing() {
  document.getElementById("notice").textContent = "No ticket of this organisation is chosen by the filters.";
  document.getElementById("figures").replaceChildren();
  for (const section of page.sections) drawSection(section, { rows: [], columns: [], total: 0 });
}

const NOBODY = "(nobody)";

function offer() {
  const org = document.getElementById("org");
  org.replaceChildren();
  for (const name of page.orgs) make("option", name || "(unknown)", org).value = name;
  org.value = state.org;
  for (const [name, values] of Object.entries(page.choices || {})) {
    const list = document.getElementById(`values-${name}`);
    list.replaceChildren();
    for (const value of values) make("option", null, list).value = value || NOBODY;
  }
}

function chooseFilters() {
  const parent = document.getElementById("filters");
  for (const name of Object.keys(page.choices)) {
    const label = make("label", name[0].toUpperCase() + name.slice(1) + " ", parent);
    const input = make("input", null, label);
    input.name = name;
    input.setAttribute("list", `values-${name}`);
    make("datalist", null, parent).id = `values-${name}`;
    input.onchange = () => {
      if (input.value) state.filters[name] = name === "assignee" && input.value === NOBODY ? "" : input.value;
      else delete state.filters[name];
      show();
    };
  }
  parent.hidden = false;
}

async function follow() {
  const notice = document.getElementById("notice");
  let seen = null;
  let trouble = null;
  const look = async () => {
    let told = { error: "ticketledger serve does not answer" };
    try {
      told = await (await fetch("commit")).json();
    } catch { /* nobody is there */ }
    if (told.error) {
      trouble = `${told.error}; the page shows what it was told last.`;
      notice.textContent = trouble;
    } else {
      if (notice.textContent === trouble) notice.textContent = page.notice;
      if (seen !== null && told.ledger_hash !== seen) page.orgs.length ? show() : location.reload();
      seen = told.ledger_hash;
    }
    setTimeout(look, 3000);
  };
  look();
}

function choose() {
  const org = document.getElementById("org");
  org.onchange = () => { state.org = org.value; show(); };
  for (const { name, title } of page.periods) {
    const button = make("button", title, document.getElementById("periods"));
    button.type = "button";
    button.value = name;
    button.onclick = () => { state.period = name; show(); };
  }
  document.getElementById("choices").onsubmit = (event) => event.preventDefault();
}

function describe() {
  document.getElementById("stamp").textContent = page.stamp;
  document.getElementById("source").textContent = page.source;
}

let waiting;
let width = 0;
new ResizeObserver(([{ contentRect }]) => {
  if (contentRect.width === width) return; // only taller: a table was unfolded
  const isFirst = width === 0;
  width = contentRect.width;
  clearTimeout(waiting);
  if (!isFirst) waiting = setTimeout(() => document.querySelectorAll(".chart").forEach((chart) => chart.redraw?.()), 150);
}).observe(document.getElementById("sections"));

describe();
document.getElementById("notice").textContent = page.notice;
if (page.orgs.length) {
  build();
  defineHeader();
  choose();
  if (page.live) chooseFilters();
  offer();
  show();
} else for (const name of ["choices", "about"]) document.getElementById(name).hidden = true;
if (page.live) follow();
