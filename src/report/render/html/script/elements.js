// Elements of the page that a form makes and fills.

const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
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
