//! Bodies that are too large, too slow, broken, or more than they seem.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::Instant;

use super::{Step, Stub, answer, call, settings};
use crate::{Safety, Sent, Settings, Upstream, UpstreamError};

const MIB: usize = 1024 * 1024;
const GZIP: &str = "content-encoding: gzip\r\n";
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

fn small() -> Settings {
    Settings { body_bytes_max: MIB, ..settings() }
}

/// A gzip stream of `text` without compression.
fn gzip(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let mut crc = u32::MAX;
    for byte in text {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let mut stream = GZIP_HEAD.to_vec();
    stream.push(1);
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(text);
    stream.extend((!crc).to_le_bytes());
    stream.extend(u32::from(length).to_le_bytes());
    stream
}

/// A gzip stream that inflates to `matches` times 258 zeros, 13 bits each: deflate's longest match
/// at distance 1, in fixed Huffman codes (RFC 1951 section 3.2.6).
fn bomb(matches: usize) -> Vec<u8> {
    let literal_zero = "00110000";
    let longest_match = "1100010100000";
    let bits = ["110", literal_zero].into_iter().chain(std::iter::repeat_n(longest_match, matches));
    let mut stream = GZIP_HEAD.to_vec();
    let mut byte = (0_u8, 0);
    for bit in bits.flat_map(str::bytes) {
        byte = (byte.0 | ((bit & 1) << byte.1), byte.1 + 1);
        if byte.1 == 8 {
            stream.push(byte.0);
            byte = (0, 0);
        }
    }
    stream
}

#[tokio::test]
async fn gzip_is_inflated() {
    let stub = Stub::start(|_| answer(200, GZIP, &gzip(b"{\"total\":7}"))).await;
    let response = call(&small(), &stub.request(Safety::Read)).await.unwrap();
    assert_eq!(&response.body[..], b"{\"total\":7}");
    let plain = Settings { gzip: false, ..small() };
    assert_eq!(
        call(&plain, &stub.request(Safety::Read)).await.unwrap().body,
        gzip(b"{\"total\":7}")
    );
}

#[tokio::test]
async fn a_damaged_stream_is_a_decoding_error() {
    async fn check(damage: fn(&mut Vec<u8>)) {
        let mut stream = gzip(b"data");
        damage(&mut stream);
        let stub = Stub::start(move |_| answer(200, GZIP, &stream)).await;
        let error = call(&small(), &stub.request(Safety::Write)).await.unwrap_err();
        assert_eq!((error.code(), error.status().unwrap().as_u16()), ("decode", 200));
    }
    check(|stream| stream[0] = 0).await;
    check(|stream| stream[15] ^= 1).await;
    check(|stream| stream.truncate(12)).await;
}

#[tokio::test]
async fn a_bomb_is_cut_at_the_limit() {
    let packed = bomb(260_000);
    assert!(packed.len() < MIB / 2);
    let stub = Stub::start(move |_| answer(200, GZIP, &packed)).await;
    let error = call(&small(), &stub.request(Safety::Read)).await.unwrap_err();
    assert!(
        matches!(error, UpstreamError::BodyTooLarge { attempts: 1, limit_bytes: MIB, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_body_without_end_is_not_read_on() {
    let stub = Stub::start(|_| {
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
        vec![Step::Send(head), Step::Repeat(chunk, 200 * MIB / 0x10000)]
    })
    .await;
    let error = call(&small(), &stub.request(Safety::Read)).await.unwrap_err();
    assert_eq!(error.code(), "body_too_large");
    assert!(stub.seen.bytes_sent.load(Ordering::SeqCst) < 50 * MIB as u64);
}

#[tokio::test]
async fn an_announced_excess_is_not_read_at_all() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 209715200\r\n\r\n";
    let stub = Stub::start(|_| vec![Step::Send(head.to_vec()), Step::Hang]).await;
    let error = call(&small(), &stub.request(Safety::Read)).await.unwrap_err();
    assert_eq!((error.code(), stub.requests()), ("body_too_large", 1));
}

#[tokio::test]
async fn the_limit_itself_fits_and_a_request_can_move_it() {
    async fn check(size: usize, limit: Option<usize>, fits: bool) {
        let stub = Stub::start(move |_| answer(200, "", &vec![b'x'; size])).await;
        let mut request = stub.request(Safety::Read);
        request.body_bytes_max = limit;
        let result = call(&small(), &request).await;
        assert_eq!(
            result.map(|response| response.body.len()).ok(),
            fits.then_some(size),
            "{size} {limit:?}"
        );
    }
    check(0, None, true).await;
    check(MIB, None, true).await;
    check(MIB + 1, None, false).await;
    check(2 * MIB, Some(2 * MIB), true).await;
    check(11, Some(10), false).await;
}

#[tokio::test]
async fn a_drip_ends_with_the_attempt() {
    let head = b"HTTP/1.1 201 Created\r\ncontent-length: 100000\r\n\r\n";
    let stub = Stub::start(|_| vec![Step::Send(head.to_vec()), Step::Drip]).await;
    let brief = Settings { timeout: Duration::from_millis(500), ..small() };
    let error = call(&brief, &stub.request(Safety::Write)).await.unwrap_err();
    assert_eq!((error.code(), error.status().unwrap().as_u16()), ("timeout", 201));
}

#[tokio::test]
async fn noise_instead_of_http_is_a_network_error() {
    let stub = Stub::start(|_| vec![Step::Send(b"\x16\x03\x01 no http\r\n\r\n".to_vec())]).await;
    let error = call(&small(), &stub.request(Safety::Write)).await.unwrap_err();
    assert_eq!(error.code(), "network");
}

#[tokio::test]
async fn large_answers_wait_until_those_before_them_are_used() {
    let stub = Stub::start(|_| answer(200, "", &vec![b'x'; 7 * MIB])).await;
    let upstream = Upstream::new(&settings()).unwrap();
    let request = stub.request(Safety::Read);
    let call = |ms| upstream.call(&request, Instant::now() + Duration::from_millis(ms));
    let held = call(30_000).await.unwrap().body;
    let error = call(300).await.unwrap_err();
    assert_eq!((error.code(), error.status().map(|status| status.as_u16())), ("busy", Some(200)));
    drop(held);
    assert_eq!(call(30_000).await.unwrap().body.len(), 7 * MIB);
}

#[tokio::test]
async fn a_request_has_a_size_too() {
    let stub = Stub::start(|_| answer(200, "", b"{}")).await;
    let mut request = stub.request(Safety::Write);
    request.body = Some(vec![b'x'; 6 * MIB + 1].into());
    let error = call(&settings(), &request).await.unwrap_err();
    assert_eq!((error.code(), error.sent(), stub.requests()), ("request_too_large", Sent::No, 0));
}
