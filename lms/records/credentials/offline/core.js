// What the offline page knows: our one shape of document, its canonical form, the short form, and whose keys are believed.
// The canonical form is worked out for exactly this shape and nothing else: whatever differs from it in one member is
// refused, so there is no JSON-LD here and nothing to fetch. Python and PyLD are compared with it in the tests.
/* global verifyAsync */

const CREDENTIALS = 'https://www.w3.org/ns/credentials/v2';
const BADGES = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';
const VC = 'https://www.w3.org/2018/credentials#';
const OB = 'https://purl.imsglobal.org/spec/vc/ob/vocab.html#';
const SECURITY = 'https://w3id.org/security#';
const STATUS = 'https://www.w3.org/ns/credentials/status#';
const SCHEMA = 'https://schema.org/';
const XSD = 'http://www.w3.org/2001/XMLSchema#';
// The Open Badges context writes the same types under these other addresses; what is signed has them.
const XSD_OF_BADGES = 'https://www.w3.org/2001/XMLSchema#';

const MOST_CHARACTERS = 256 * 1024;
const MOST_STATEMENT = 400;
const STATEMENT_DOMAIN = 'lemkin-record-1\n';

/** A reason by its key; the page has the words. */
class Refused extends Error {}

const refuse = reason => {
  throw new Refused(reason);
};

// ------------------------------------------------------------------------------------------------ shape

const CLEAN = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufffe\uffff]+$/u;
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const ADDRESS_CHARACTERS = '[!#-;=?-\\[\\]_a-z~]';
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const DID = /^did:web:[A-Za-z0-9.%_:-]{1,300}$/;
const ADDRESS = new RegExp(`^https?://${ADDRESS_CHARACTERS}{1,600}$`);

const text = (most = 500) => value => typeof value === 'string' && CLEAN.test(value) && [...value].length <= most;
const written = pattern => value => typeof value === 'string' && pattern.test(value);
const exactly = wanted => value => JSON.stringify(value) === JSON.stringify(wanted);
const one = inner => value => Array.isArray(value) && value.length === 1 && inner(value[0]);
const only = members => value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) &&
  Object.keys(value).length === Object.keys(members).length &&
  Object.entries(members).every(([name, holds]) => Object.hasOwn(value, name) && holds(value[name]));

const isOurs = only({
  '@context': exactly([CREDENTIALS, BADGES]),
  id: written(new RegExp(`^https?://${ADDRESS_CHARACTERS}{1,500}/credentials/${UUID}$`)),
  type: exactly(['VerifiableCredential', 'OpenBadgeCredential']),
  issuer: only({id: written(DID), type: exactly(['Profile']), name: text()}),
  validFrom: written(INSTANT),
  awardedDate: written(INSTANT),
  name: text(),
  credentialSubject: only({
    id: written(new RegExp(`^urn:uuid:${UUID}$`)),
    type: exactly(['AchievementSubject']),
    activityStartDate: written(INSTANT),
    activityEndDate: written(INSTANT),
    identifier: one(only({
      type: exactly('IdentityObject'), hashed: exactly(false), identityHash: text(), identityType: exactly('name')
    })),
    achievement: only({
      id: written(ADDRESS),
      type: exactly(['Achievement']),
      achievementType: exactly('CertificateOfCompletion'),
      name: text(),
      description: text(1500),
      version: text(40),
      criteria: only({narrative: text(2000)}),
      otherIdentifier: one(only({
        type: exactly('IdentifierEntry'),
        identifier: written(/^urn:sha256:[0-9a-f]{64}$/),
        identifierType: exactly('ext:courseContent')
      }))
    })
  }),
  credentialStatus: only({
    id: written(ADDRESS),
    type: exactly('BitstringStatusListEntry'),
    statusPurpose: exactly('revocation'),
    statusListIndex: written(/^(0|[1-9][0-9]{0,5})$/),
    statusListCredential: written(ADDRESS)
  }),
  proof: one(only({
    type: exactly('DataIntegrityProof'),
    cryptosuite: exactly('eddsa-rdfc-2022'),
    created: written(INSTANT),
    verificationMethod: written(/^did:web:[A-Za-z0-9.%_:-]{1,300}#key-[1-9][0-9]{0,5}$/),
    proofPurpose: exactly('assertionMethod'),
    proofValue: written(/^z[1-9A-HJ-NP-Za-km-z]{80,90}$/)
  }))
});

// ------------------------------------------------------------------------------------------------ canonical form

const iri = value => `<${value}>`;
const literal = (value, type) =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"${type ? `^^<${type}>` : ''}`;
const quad = (subject, predicate, object) => `${subject} <${predicate}> ${object} .\n`;

/** The lines of a document of our shape. Three nodes have no id; `blank` names them. */
function lines(document, blank) {
  const {issuer, credentialSubject: subject, credentialStatus: status} = document;
  const {achievement} = subject;
  const [identity] = subject.identifier, [content] = achievement.otherIdentifier;
  const it = iri(document.id), whom = iri(subject.id), what = iri(achievement.id), entry = iri(status.id);
  const {criteria, identifier, fingerprint} = blank;
  return [
    quad(it, RDF_TYPE, iri(`${VC}VerifiableCredential`)),
    quad(it, RDF_TYPE, iri(`${OB}OpenBadgeCredential`)),
    quad(it, `${SCHEMA}name`, literal(document.name)),
    quad(it, `${VC}issuer`, iri(issuer.id)),
    quad(it, `${VC}validFrom`, literal(document.validFrom, `${XSD}dateTime`)),
    quad(it, `${OB}awardedDate`, literal(document.awardedDate, 'xsd:dateTime')),
    quad(it, `${VC}credentialSubject`, whom),
    quad(it, `${VC}credentialStatus`, entry),
    quad(iri(issuer.id), RDF_TYPE, iri(`${OB}Profile`)),
    quad(iri(issuer.id), `${SCHEMA}name`, literal(issuer.name)),
    quad(whom, RDF_TYPE, iri(`${OB}AchievementSubject`)),
    quad(whom, `${OB}activityStartDate`, literal(subject.activityStartDate, `${XSD_OF_BADGES}date`)),
    quad(whom, `${OB}activityEndDate`, literal(subject.activityEndDate, `${XSD_OF_BADGES}date`)),
    quad(whom, `${OB}identifier`, identifier),
    quad(whom, `${OB}achievement`, what),
    quad(identifier, RDF_TYPE, iri(`${OB}IdentityObject`)),
    quad(identifier, `${OB}hashed`, literal('false', `${XSD_OF_BADGES}boolean`)),
    quad(identifier, `${OB}identityHash`, literal(identity.identityHash)),
    quad(identifier, `${OB}identityType`, literal('name')),
    quad(what, RDF_TYPE, iri(`${OB}Achievement`)),
    quad(what, `${OB}achievementType`, literal('CertificateOfCompletion')),
    quad(what, `${SCHEMA}name`, literal(achievement.name)),
    quad(what, `${SCHEMA}description`, literal(achievement.description)),
    quad(what, `${OB}version`, literal(achievement.version)),
    quad(what, `${OB}Criteria`, criteria),
    quad(what, `${OB}otherIdentifier`, fingerprint),
    quad(criteria, `${OB}narrative`, literal(achievement.criteria.narrative)),
    quad(fingerprint, RDF_TYPE, iri(`${OB}IdentifierEntry`)),
    quad(fingerprint, `${OB}identifier`, literal(content.identifier)),
    quad(fingerprint, `${OB}identifierType`, literal('ext:courseContent')),
    quad(entry, RDF_TYPE, iri(`${STATUS}BitstringStatusListEntry`)),
    quad(entry, `${STATUS}statusPurpose`, literal('revocation')),
    quad(entry, `${STATUS}statusListIndex`, literal(status.statusListIndex)),
    quad(entry, `${STATUS}statusListCredential`, iri(status.statusListCredential))
  ];
}

const BLANKS = ['criteria', 'identifier', 'fingerprint'];

/** RDF dataset canonicalization (https://www.w3.org/TR/rdf-canon/): a node without an id gets its name from the hash of
 * the lines that mention it, in which it stands as _:a. Ours are told apart by that hash alone. */
async function canonical(document) {
  const hashed = [];
  for (const name of BLANKS) {
    const self = lines(document, Object.fromEntries(BLANKS.map(other => [other, other === name ? '_:a' : '_:z'])));
    const about = self.filter(line => line.startsWith('_:a ') || line.endsWith(' _:a .\n')).sort();
    hashed.push([hex(await sha256(bytes(about.join('')))), name]);
  }
  hashed.sort();
  const named = Object.fromEntries(hashed.map(([, name], number) => [name, `_:c14n${number}`]));
  return lines(document, named).sort().join('');
}

function canonicalProof({created, verificationMethod}) {
  const it = '_:c14n0';
  return [
    quad(it, 'http://purl.org/dc/terms/created', literal(created, `${XSD}dateTime`)),
    quad(it, RDF_TYPE, iri(`${SECURITY}DataIntegrityProof`)),
    quad(it, `${SECURITY}cryptosuite`, literal('eddsa-rdfc-2022', `${SECURITY}cryptosuiteString`)),
    quad(it, `${SECURITY}proofPurpose`, iri(`${SECURITY}assertionMethod`)),
    quad(it, `${SECURITY}verificationMethod`, iri(verificationMethod))
  ].join('');
}

// ------------------------------------------------------------------------------------------------ bytes

const bytes = string => new TextEncoder().encode(string);
const hex = data => [...data].map(byte => byte.toString(16).padStart(2, '0')).join('');
const digest = async (name, data) => new Uint8Array(await crypto.subtle.digest(name, data));
const sha256 = data => digest('SHA-256', data);

const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const DIGITS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function fromBase58(string) {
  let number = 0n;
  for (const digit of string) {
    number = number * 58n + BigInt(DIGITS.indexOf(digit));
  }
  const found = [];
  for (; number > 0n; number >>= 8n) {
    found.unshift(Number(number & 255n));
  }
  return Uint8Array.from([...new Array(/^1*/.exec(string)[0].length).fill(0), ...found]);
}

function fromBase64url(string) {
  if (!/^[A-Za-z0-9_-]+$/.test(string)) {
    refuse('unreadable');
  }
  return Uint8Array.from(atob(string.replaceAll('-', '+').replaceAll('_', '/')), char => char.charCodeAt(0));
}

/** The raw Ed25519 key of a Multikey. */
const publicKey = multikey => fromBase58(multikey.slice(1)).slice(2);

async function signedBy(multikey, signature, message) {
  try {
    return await verifyAsync(signature, message, publicKey(multikey), {zip215: false});
  } catch {
    return false;
  }
}

// ------------------------------------------------------------------------------------------------ verifying

/** What a signed file says, when a believed key of a listed issuer signed all of it. */
async function verifyDocument(string, trust) {
  if (string.length > MOST_CHARACTERS) {
    refuse('too-big');
  }
  let document;
  try {
    document = JSON.parse(string);
  } catch {
    refuse('unreadable');
  }
  const issuer = trust.issuers.find(known => known.id === document?.issuer?.id);
  if (!issuer) {
    refuse('not-ours');
  }
  if (!isOurs(document) || doubled(string, document)) {
    refuse('not-a-record');
  }
  const [proof] = document.proof;
  const key = issuer.keys.find(known => known.id === proof.verificationMethod) ?? refuse('not-signed');
  const signature = fromBase58(proof.proofValue.slice(1));
  const message = joined(await sha256(bytes(canonicalProof(proof))), await sha256(bytes(await canonical(document))));
  if (!key.believed) {
    refuse('not-believed');
  }
  if (signature.length !== 64 || !await signedBy(key.publicKeyMultibase, signature, message)) {
    refuse('not-signed');
  }
  const {achievement, identifier: [identity], ...subject} = document.credentialSubject;
  return {
    kind: 'file',
    name: identity.identityHash,
    programme: achievement.name,
    held: `${subject.activityStartDate.slice(0, 10)} – ${subject.activityEndDate.slice(0, 10)}`,
    issued: document.validFrom.slice(0, 10),
    meaning: achievement.criteria.narrative,
    version: achievement.version,
    issuer: `${document.issuer.name} (${issuer.id})`,
    address: document.id
  };
}

/** A member that stands twice is one thing for one reader and another for the next. */
function doubled(string, document) {
  const names = [...string.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs)].filter(([, colon]) => colon).length;
  return names !== members(document);
}

const members = value =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum, inner) => sum + members(inner), Array.isArray(value) ? 0 : Object.keys(value).length)
    : 0;

/** What a short form says, when a believed key of a listed issuer signed all of it. */
async function verifyStatement(string, trust) {
  const data = fromBase64url(string);
  const signature = data.slice(0, 64), body = data.slice(64);
  let fields;
  try {
    fields = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(body).split('\n');
  } catch {
    refuse('unreadable');
  }
  if (fields.length !== 7 || fields[0] !== '1' || body.length > MOST_STATEMENT) {
    refuse('unreadable');
  }
  const [, key, code, name, programme, month, issued] = fields;
  const message = joined(bytes(STATEMENT_DOMAIN), body);
  for (const issuer of trust.issuers) {
    const known = issuer.keys.find(one => one.id === `${issuer.id}#${key}`);
    if (known && await signedBy(known.publicKeyMultibase, signature, message)) {
      if (!known.believed) {
        refuse('not-believed');
      }
      const grouped = code.match(/.{1,4}/g).join('-');
      return {kind: 'statement', name, programme, held: month, issued, code: grouped,
        issuer: `${issuer.name} (${issuer.id})`, address: `${issuer.address}/v/${grouped}`};
    }
  }
  return refuse('not-signed');
}

// What a chunk of a picture begins with that carries a record (Open Badges 3.0, baking): not compressed, in no language.
const BAKED = 'iTXtopenbadgecredential\0\0\0\0\0';

/** The text that a PNG carries; of several, or none, it carries nothing. */
function inPng(data) {
  const view = new DataView(data.buffer), found = [];
  for (let at = 8, size; at + 12 <= data.length; at += 12 + size) {
    size = view.getUint32(at);
    const chunk = data.subarray(at + 4, at + 8 + size);
    if (new TextDecoder('latin1').decode(chunk.subarray(0, BAKED.length)) === BAKED) {
      found.push(new TextDecoder().decode(chunk.subarray(BAKED.length)));
    }
  }
  return found.length === 1 ? found[0] : refuse('nothing-inside');
}

/** Whatever was pasted or dropped: the address in a square code, what stands in it behind the #, or a signed file. */
async function verify(string, trust) {
  const trimmed = string.replace(/^\ufeff/, '').trim();
  if (!trimmed) {
    refuse('nothing');
  }
  if (!globalThis.crypto?.subtle) {
    refuse('no-means');
  }
  return trimmed.startsWith('{') ? verifyDocument(trimmed, trust) : verifyStatement(trimmed.split('#').at(-1), trust);
}
