//! A certificate for 127.0.0.1 that vouches for itself, drawn anew for each test.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 2;
const BIT_STRING: u8 = 3;
const OCTET_STRING: u8 = 4;
const OBJECT_ID: u8 = 6;
const UTF8: u8 = 12;
const UTC_TIME: u8 = 23;

/// ecdsa-with-SHA256, id-ecPublicKey, prime256v1, commonName, subjectAltName.
const SIGNATURE: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const EC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];

/// The certificate and its key, both PEM. The form is that of RFC 5280, section 4.1.
pub(super) fn draw() -> (String, String) {
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let random = SystemRandom::new();
    let secret = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, secret.as_ref()).unwrap();

    let signed_with = der(SEQUENCE, &[&der(OBJECT_ID, &[SIGNATURE])]);
    let common_name = [der(OBJECT_ID, &[COMMON_NAME]), der(UTF8, &[b"redis-server of a test"])];
    let name = der(SEQUENCE, &[&der(SET, &[&der(SEQUENCE, &[&common_name.concat()])])]);
    let times = [der(UTC_TIME, &[b"200101000000Z"]), der(UTC_TIME, &[b"491231235959Z"])];
    let key_kind = [der(OBJECT_ID, &[EC_KEY]), der(OBJECT_ID, &[P256])].concat();
    let point = der(BIT_STRING, &[&[0], pair.public_key().as_ref()]);
    let address = der(SEQUENCE, &[&der(0x87, &[&[127, 0, 0, 1]])]);
    let alt_name = [der(OBJECT_ID, &[SUBJECT_ALT_NAME]), der(OCTET_STRING, &[&address])].concat();

    let body = der(
        SEQUENCE,
        &[
            &der(0xa0, &[&der(INTEGER, &[&[2]])]),
            &der(INTEGER, &[&[1]]),
            &signed_with,
            &name,
            &der(SEQUENCE, &[&times.concat()]),
            &name,
            &der(SEQUENCE, &[&der(SEQUENCE, &[&key_kind]), &point]),
            &der(0xa3, &[&der(SEQUENCE, &[&der(SEQUENCE, &[&alt_name])])]),
        ],
    );
    let signature = pair.sign(&random, &body).unwrap();
    let signature = der(BIT_STRING, &[&[0], signature.as_ref()]);
    let certificate = der(SEQUENCE, &[&body, &signed_with, &signature]);
    (pem("CERTIFICATE", &certificate), pem("PRIVATE KEY", secret.as_ref()))
}

/// A value of ASN.1: tag, length, content.
fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let mut value = vec![tag];
    match length {
        [0, short @ ..=127] => value.push(short),
        [0, byte] => value.extend([0x81, byte]),
        [high, low] => value.extend([0x82, high, low]),
    }
    value.extend(content);
    value
}

fn pem(label: &str, bytes: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(bytes))
}
