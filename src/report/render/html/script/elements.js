// Elements of the page that a form makes and fills.

const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Names up to this length stay on one line.
const WHOLE = 30;
const isWhole = (text) => text.length <= WHOLE && !text.includes(" ");

// What stands between backticks is code, and names with hyphens stay whole, as in the rest of the page.
function rich(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return [text];
  const whole = (name, word) => element(name, isWhole(word) ? { class: "whole" } : {}, word);
  const words = (part) => part.split(/( )/).map((word) => (word.includes("-") && isWhole(word) ? whole("span", word) : word));
  return parts.flatMap((part, i) => (i % 2 ? [whole("code", part)] : words(part)));
}

// The words of a heading, which breaks between them and after the folders of a path.
function spaced(text) {
  const word = (each) => {
    const bits = each.split("/").flatMap((bit, i) => (i ? [element("wbr"), bit] : [bit]));
    const spelt = bits.map((bit, i) => (typeof bit === "string" && i + 1 < bits.length ? `${bit}/` : bit));
    return element("span", { class: "whole" }, ...spelt);
  };
  return text.split(" ").flatMap((each, i) => (i ? [" ", word(each)] : [word(each)]));
}

// Puts the command of a field on the clipboard; where that is not allowed, it is selected to be copied by hand.
async function copyCommand() {
  const code = field("command");
  try {
    await navigator.clipboard.writeText(code.textContent);
    field("copy").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    field("copy").textContent = "Selected: copy it now";
  }
  setTimeout(() => (field("copy").textContent = "Copy the command"), 2000);
}
