import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** X.509 certificates for tests, written in DER by hand: nothing is kept, nothing is trusted beyond the test. Source: RFC 5280. */

export interface Authority {
  /** PEM */
  certificate: string;
  name: string;
  key: KeyObject;
}

export interface Credential {
  /** PEM */
  certificate: string;
  key: string;
  /** SHA-256, hexadecimal digits */
  fingerprint: string;
}

const tlv = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.byteLength;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...parts: Uint8Array[]): Buffer => tlv(0x30, ...parts);
const oid = (...bytes: number[]): Buffer => tlv(0x06, Buffer.from(bytes));
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const nameOf = (commonName: string): Buffer => sequence(tlv(0x31, sequence(oid(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from(commonName)))));
const time = (at: Date): Buffer => tlv(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
const extension = (id: Buffer, value: Buffer): Buffer => sequence(id, tlv(0x01, Buffer.from([0xff])), tlv(0x04, value));

function write(commonName: string, issuer: { name: string; key: KeyObject }, publicKey: KeyObject, isAuthority: boolean): Buffer {
  const day = 24 * 3600_000;
  const extensions = [
    extension(oid(0x55, 0x1d, 0x13), sequence(...(isAuthority ? [tlv(0x01, Buffer.from([0xff]))] : []))),
    ...(isAuthority ? [] : [sequence(oid(0x55, 0x1d, 0x11), tlv(0x04, sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1])))))]),
  ];
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), ecdsaWithSha256, nameOf(issuer.name),
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))), nameOf(commonName), publicKey.export({ format: 'der', type: 'spki' }), tlv(0xa3, sequence(...extensions)),
  );
  return sequence(body, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), sign('sha256', body, issuer.key)));
}

const pem = (der: Buffer): string => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;

export function makeAuthority(name: string): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { name, key: privateKey, certificate: pem(write(name, { name, key: privateKey }, publicKey, true)) };
}

export function makeCredential(commonName: string, authority: Authority): Credential {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = write(commonName, authority, publicKey, false);
  return { certificate: pem(der), key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), fingerprint: createHash('sha256').update(der).digest('hex') };
}
