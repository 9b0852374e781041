// As much of a document as lib/h.js needs. Nothing here reads markup: a text that becomes an element
// fails the test.

globalThis.Node = class Node {
  constructor() {
    this.childNodes = [];
  }
  appendChild(child) {
    if (child instanceof Fragment) this.childNodes.push(...child.childNodes.splice(0));
    else this.childNodes.push(child);
    return child;
  }
  replaceChildren(...children) {
    this.childNodes = [];
    for (const child of children) this.appendChild(child);
  }
  set innerHTML(_markup) {
    throw new Error('markup from a string');
  }
};

class Text extends globalThis.Node {
  constructor(text) {
    super();
    this.textContent = text;
  }
}

class Fragment extends globalThis.Node {}

class Element extends globalThis.Node {
  constructor(tag) {
    super();
    this.tag = tag;
    this.attributes = {};
    this.dataset = {};
    this.listeners = {};
    this.properties = {};
    this.style = { setProperty: (name, value) => (this.properties[name] = value) };
  }
  setAttribute(name, value) {
    if (typeof value !== 'string') throw new Error(`${name} is no text`);
    this.attributes[name] = value;
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
}

globalThis.document = {
  createElement: (tag) => new Element(tag),
  createTextNode: (text) => new Text(text),
  createDocumentFragment: () => new Fragment(),
};
globalThis.location = new URL('https://guichet.example/demandes');
