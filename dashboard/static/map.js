// The map: one SVG, one listbox. Pointer, keyboard and touch choose a place, which leads to its page by `go` (router.py).
// Arrow keys walk in the order of the list (worst first), letters jump to a name, Enter or Space chooses, Escape hides the hint.
// Everything from data enters the document as text or attribute, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

function build(root, data) {
  const svg = root.querySelector("svg");
  svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
  svg.style.maxHeight = `${data.height}px`;
  const list = svg.querySelector(".places");
  list.replaceChildren();
  svg.querySelector(".labels").replaceChildren();
  svg.querySelector(".around").setAttribute("d", data.around);
  for (const place of data.places) {
    const option = make("g", { role: "option", class: "place", tabindex: "-1" }, list);
    option.dataset.id = place.id;
    if (place.path) make("path", { d: place.path, class: place.approximate ? "approximate" : "" }, option);
    if (place.dot) make("circle", { cx: place.dot[0], cy: place.dot[1], r: data.dot }, option);
    if (place.label && place.middle) {
      const text = make("text", { x: place.middle[0], y: place.middle[1], class: "label" }, svg.querySelector(".labels"));
      text.textContent = place.label;
    }
  }
}

function paint(root, data) {
  const list = root.querySelector(".places");
  list.setAttribute("aria-label", data.title);
  const options = [...list.children];
  data.places.forEach((place, index) => {
    const option = options[index];
    option.setAttribute("aria-label", place.said);
    option.setAttribute("aria-selected", String(place.id === data.selected));
    option.classList.toggle("selected", place.id === data.selected);
    for (const shape of option.children) shape.style.fill = `url(#rw-map-${place.fill})`;
  });
  const current = Math.max(0, data.places.findIndex((place) => place.id === data.selected));
  options.forEach((option, index) => option.setAttribute("tabindex", index === current ? "0" : "-1"));
}

function hint(root, place, x, y) {
  const box = root.querySelector(".hint");
  if (!place) {
    box.hidden = true;
    return;
  }
  box.querySelector("strong").textContent = place.name;
  box.querySelector("em").textContent = place.band;
  box.querySelector("span").textContent = place.reason;
  box.hidden = false;
  const frame = root.querySelector(".map").getBoundingClientRect();
  const size = box.getBoundingClientRect();
  box.style.left = `${Math.max(0, Math.min(x - frame.left + 14, frame.width - size.width - 4))}px`;
  const below = y - frame.top + 16;
  box.style.top = `${below + size.height > frame.height ? Math.max(0, y - frame.top - size.height - 12) : below}px`;
}

export default function (component) {
  const { parentElement: root, data } = component;
  if (root.drawn !== data.drawn) {
    build(root, data);
    root.drawn = data.drawn;
  }
  paint(root, data);
  hint(root, null);
  const list = root.querySelector(".places");
  const ring = root.querySelector(".ring");
  const of = (target) => target.closest && target.closest(".place");
  const placeOf = (option) => data.places.find((place) => place.id === option.dataset.id);
  const choose = (option) => {
    root.querySelector(".map").classList.add("going");
    go(placeOf(option).href);
  };
  root.querySelector(".map").classList.remove("going");

  const outline = (option) => {
    const shape = option && option.firstElementChild;
    ring.replaceChildren();
    if (shape) ring.append(shape.cloneNode());
  };
  const focus = (option) => {
    for (const other of list.children) other.setAttribute("tabindex", other === option ? "0" : "-1");
    option.focus();
  };
  const step = (option, by) => {
    const options = [...list.children];
    return options[Math.max(0, Math.min(options.length - 1, options.indexOf(option) + by))];
  };
  const named = (option, letter) => {
    const options = [...list.children];
    const from = options.indexOf(option) + 1;
    const order = [...options.slice(from), ...options.slice(0, from)];
    return order.find((other) => placeOf(other).name.toLocaleLowerCase().startsWith(letter)) || option;
  };

  list.onclick = (event) => of(event.target) && choose(of(event.target));
  list.onkeydown = (event) => {
    const option = of(event.target);
    if (!option || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10 };
    let next = null;
    if (event.key in moves) next = step(option, moves[event.key]);
    else if (event.key === "Home") next = list.firstElementChild;
    else if (event.key === "End") next = list.lastElementChild;
    else if (event.key === "Enter" || event.key === " ") choose(option);
    else if (event.key === "Escape") hint(root, null);
    else if (event.key.length === 1) next = named(option, event.key.toLocaleLowerCase());
    else return;
    event.preventDefault();
    if (next) focus(next);
  };
  list.onpointermove = (event) => {
    const option = of(event.target);
    hint(root, option && placeOf(option), event.clientX, event.clientY);
    outline(option || list.querySelector(".place:focus"));
  };
  list.onpointerleave = () => {
    hint(root, null);
    outline(list.querySelector(".place:focus"));
  };
  list.onfocusin = (event) => {
    const option = of(event.target);
    if (!option) return;
    const box = option.getBoundingClientRect();
    outline(option);
    if (option.matches(":focus-visible")) hint(root, placeOf(option), box.left + box.width / 2, box.top + box.height / 2);
  };
  list.onfocusout = () => {
    hint(root, null);
    outline(null);
  };
}
