// The page around it: what was pasted, chosen or dropped goes in, and words come out. Nothing leaves this page.
/* global verify, inPng, refuse, Refused */

// Of a larger file only so much is read: then it is too big in any case.
const MOST_BYTES = 4 * 256 * 1024 + 4;

const trust = JSON.parse(document.getElementById('trust').textContent);
const words = JSON.parse(document.getElementById('words').textContent);
const place = id => document.getElementById(id);
const FIELDS = ['name', 'programme', 'held', 'issued', 'meaning', 'version', 'issuer', 'code', 'address'];
let said = {};
let shown = null;

function made(tag, string, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = string;
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  return element;
}

function speak(language) {
  said = words[language];
  document.documentElement.lang = language;
  document.documentElement.dir = said.dir;
  document.title = said.title;
  for (const element of document.querySelectorAll('[data-say]')) {
    element.textContent = said[element.dataset.say];
  }
  place('keys').replaceChildren(...trust.issuers.flatMap(issuer => [
    made('h3', `${issuer.name}`), made('p', issuer.id, {class: 'mono'}),
    ...issuer.keys.map(key => made('p', `${key.id.split('#')[1]} · ${key.publicKeyMultibase} · ${
      key.made.slice(0, 10)}${key.ended ? `–${key.ended.slice(0, 10)}` : ''}${key.believed ? '' : ` · ${said.disbelieved}`}`,
    {class: 'mono'}))
  ]));
  place('dated').textContent = said.dated.replace('{day}', trust.made.slice(0, 10));
  if (shown) {
    show(shown);
  }
}

function show(outcome) {
  shown = outcome;
  const result = place('result');
  result.dataset.state = outcome.refused ? 'refused' : 'signed';
  result.replaceChildren(made('h2', outcome.refused ? said.refused : said.signed));
  if (outcome.refused) {
    result.append(made('p', said[outcome.refused]));
    return;
  }
  const list = made('dl', '');
  for (const field of FIELDS.filter(name => outcome[name])) {
    const value = made('dd', '');
    value.append(made('bdi', outcome[field]));
    list.append(made('dt', said[field]), value);
  }
  result.append(list, made('p', said[outcome.kind === 'file' ? 'not-told-file' : 'not-told-paper'], {class: 'care'}));
}

/** The text of a file, or what a picture carries. A document type could define what its text stands for. */
async function inside(file) {
  const data = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
  if (data[0] === 0x89) {
    return inPng(data);
  }
  const string = new TextDecoder().decode(data);
  if (!string.trimStart().startsWith('<')) {
    return string;
  }
  const picture = /<!(doctype|entity)/i.test(string) ? document : new DOMParser().parseFromString(string, 'image/svg+xml');
  const found = picture.getElementsByTagNameNS('https://purl.imsglobal.org/ob/v3p0', 'credential');
  return found.length === 1 ? found[0].textContent.trim() || found[0].getAttribute('verify') || '' : refuse('nothing-inside');
}

async function look(brought) {
  try {
    show(await verify(typeof brought === 'string' ? brought : await inside(brought), trust));
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
    show({refused: error.message});
  }
  place('result').focus();
}

place('form').addEventListener('submit', event => {
  event.preventDefault();
  look(place('pasted').value);
});
// The same file, chosen again, is another try.
place('file').addEventListener('click', event => {
  event.target.value = '';
});
place('file').addEventListener('change', event => {
  const [file] = event.target.files;
  if (file) {
    look(file);
  }
});
for (const name of ['dragover', 'drop']) {
  document.addEventListener(name, event => {
    event.preventDefault();
    const [file] = name === 'drop' ? event.dataTransfer.files : [];
    if (file) {
      look(file);
    }
  });
}
place('language').replaceChildren(...Object.keys(words).map(code => made('option', words[code].own, {value: code, lang: code})));
place('language').addEventListener('change', event => speak(event.target.value));
const wanted = navigator.languages.map(tag => tag.split('-')[0]).find(code => words[code]) ?? Object.keys(words)[0];
place('language').value = wanted;
speak(wanted);
place('whole').hidden = false;
if (location.hash.length > 1) {
  look(location.hash);
}
window.addEventListener('hashchange', () => look(location.hash));
