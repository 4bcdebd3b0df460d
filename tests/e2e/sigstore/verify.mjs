// The public verifier (@sigstore/verify), and the tamperings that it and Headgate must both refuse.
//   verify BUNDLE PUBLIC_KEY           exit 0 if @sigstore/verify accepts the bundle under this key, found by its hint
//   tamper NAME BUNDLE OUT KEY OTHER   writes the bundle with one thing changed (private keys, to sign again)
//   names                              the tamperings, one a line
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.env.node_modules + '/.');

function hintOf(publicKey) {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return crypto.createHash('sha256').update(spki).digest('base64');
}

function verify(file, keyFile) {
  const { bundleFromJSON } = require('@sigstore/bundle');
  const { Verifier, toSignedEntity } = require('@sigstore/verify');
  const publicKey = crypto.createPublicKey(fs.readFileSync(keyFile));
  const trust = {
    certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [],
    publicKey: (hint) => {
      if (hint !== hintOf(publicKey)) throw new Error(`no key for the hint ${hint}`);
      return { publicKey, validFor: () => true };
    },
  };
  const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(file, 'utf8')));
  new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
}

const pae = (type, body) => Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
const sign = (key, message) => crypto.sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', message, key).toString('base64');

function flipped(base64, at) {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at < 0 ? bytes.length + at : at] ^= 1;
  return bytes.toString('base64');
}

function edited(envelope, edit) {
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64'));
  edit(statement);
  envelope.payload = Buffer.from(JSON.stringify(statement)).toString('base64');
}

const body = (envelope) => Buffer.from(envelope.payload, 'base64');

const tamperings = {
  'payload-bit': ({ envelope }) => { envelope.payload = flipped(envelope.payload, 40); },
  'payload-type': ({ envelope }) => { envelope.payloadType = 'application/vnd.in-toto+JSON'; },
  'signature-bit': ({ envelope }) => { envelope.signatures[0].sig = flipped(envelope.signatures[0].sig, -3); },
  'signed-by-another-key': ({ envelope, other }) => { envelope.signatures[0].sig = sign(other, pae(envelope.payloadType, body(envelope))); },
  'signed-without-pae': ({ envelope, key }) => { envelope.signatures[0].sig = sign(key, body(envelope)); },
  'hint-of-another-key': ({ bundle, other }) => { bundle.verificationMaterial.publicKey.hint = hintOf(crypto.createPublicKey(other)); },
  'no-signature': ({ envelope }) => { envelope.signatures = []; },
  'signature-twice': ({ envelope }) => { envelope.signatures.push(envelope.signatures[0]); },
  'media-type': ({ bundle }) => { bundle.mediaType = 'application/vnd.example.bundle+json'; },
  'no-material': ({ bundle }) => { bundle.verificationMaterial = {}; },
  'subject-digest': ({ envelope }) => edited(envelope, (s) => { s.subject[0].digest.sha256 = '0'.repeat(64); }),
  'level-added': ({ envelope }) => edited(envelope, (s) => { s.predicate.verifiedLevels.push('SLSA_BUILD_LEVEL_3'); }),
  'truncated': (context) => { context.cut = 20; },
};

function tamper(name, file, out, keyFile, otherFile) {
  const bundle = JSON.parse(fs.readFileSync(file, 'utf8'));
  const before = JSON.stringify(bundle);
  const context = {
    bundle, envelope: bundle.dsseEnvelope, cut: 0,
    key: crypto.createPrivateKey(fs.readFileSync(keyFile)), other: crypto.createPrivateKey(fs.readFileSync(otherFile)),
  };
  tamperings[name](context);
  const text = JSON.stringify(bundle);
  const written = text.slice(0, text.length - context.cut);
  if (written === before) throw new Error(`${name} changes nothing`);
  fs.writeFileSync(out, written);
}

const [command, ...rest] = process.argv.slice(2);
try {
  if (command === 'names') console.log(Object.keys(tamperings).join('\n'));
  else if (command === 'tamper') tamper(...rest);
  else if (command === 'verify') verify(...rest);
  else throw new Error('verify, tamper or names');
} catch (error) {
  console.error(`${error.code ?? error.name}: ${error.message}`);
  process.exit(command === 'verify' ? 1 : 2);
}
