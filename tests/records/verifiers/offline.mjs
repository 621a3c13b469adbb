// What both verifiers share: the question on standard input, the answer on standard output, and a network that is not there.
import {readFileSync} from 'node:fs';

/** {documents: {address: JSON}, cases: [{name, credential}]} */
export const asked = JSON.parse(readFileSync(0, 'utf8'));

/** The published files by address, as a static server would give them; nothing else is reachable. */
export function published(address) {
  const found = asked.documents[address];
  if (found === undefined) {
    throw new Error(`NotFoundError loading "${address}"`);
  }
  return structuredClone(found);
}

/** Ask `verdict` about each case in turn and print what it says, by name. */
export async function answer(verdict) {
  const said = {};
  for (const {name, credential} of asked.cases) {
    said[name] = await verdict(credential);
  }
  process.stdout.write(JSON.stringify(said));
}
