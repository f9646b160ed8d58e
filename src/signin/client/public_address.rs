//! Which addresses a client's document may be fetched from, so that nobody sends this server to
//! hosts that only it can reach.
//!
//! Source: the IANA special-purpose address registries for IPv4 and IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The hosts that documents may be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocumentHosts {
    /// https on the public internet.
    Public,
    /// Also this machine, with https or http on any port: for trying things out.
    PublicAndLoopback,
}

impl DocumentHosts {
    /// Whether a connection to `ip` may be made for a host that is, or is not, a name of this
    /// machine.
    pub(super) fn admits(self, is_loopback_name: bool, ip: IpAddr) -> bool {
        match self {
            Self::PublicAndLoopback if is_loopback_name => ip.is_loopback(),
            Self::Public | Self::PublicAndLoopback => !is_loopback_name && is_public(ip),
        }
    }
}

/// IPv4 blocks that are not reachable by everybody in the same way, with the length of each prefix.
const NOT_PUBLIC: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Holds the metadata services of clouds.
    ([169, 254, 0, 0], 16),
    // Azure's own services for a machine, behind an address that looks public.
    ([168, 63, 129, 16], 32),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, what is reserved, and broadcast.
    ([224, 0, 0, 0], 3),
];

/// IPv6 blocks within global unicast (2000::/3) that are not public either.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u32)] = &[
    // Protocol assignments: Teredo, benchmarking, ORCHID.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4 carries an IPv4 address, and no host that matters is there any more.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether everybody reaches the same host there.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let is_in = |&(block, length): &([u8; 4], u32)| {
        (u32::from(ip) ^ u32::from_be_bytes(block)).leading_zeros() >= length
    };
    !NOT_PUBLIC.iter().any(is_in)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let is_in = |block: Ipv6Addr, length: u32| {
        (u128::from(ip) ^ u128::from(block)).leading_zeros() >= length
    };
    // An address with an IPv4 one inside is as public as that one. Networks without IPv4 reach all
    // IPv4 hosts through 64:ff9b::/96 (RFC 6052).
    let embeds = [
        (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
        (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
    ];
    if embeds.iter().any(|&(block, length)| is_in(block, length)) {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    is_in(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
        && !NOT_PUBLIC_V6.iter().any(|&(block, length)| is_in(block, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let check = |text: &str, expected: bool| {
            assert_eq!(is_public(text.parse().unwrap()), expected, "{text}");
        };
        let public = "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.0.0.1 \
            128.0.0.1 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 \
            192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.15 \
            2606:4700::1111 2a00:1450::1 2001:200::1 ::ffff:1.1.1.1 64:ff9b::1.1.1.1";
        let other = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 \
            127.255.255.255 169.254.169.254 168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.1 \
            192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 \
            224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::1.1.1.1 fc00::1 fdff::1 \
            fe80::1 fec0::1 ff02::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 \
            2002:101:101::1 3fff::1 3fff:fff::1 100::1 5f00::1 64:ff9b:1::1.1.1.1 \
            64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 ::ffff:127.0.0.1 ::ffff:10.0.0.1 \
            ::ffff:0:1.1.1.1";
        public.split_whitespace().for_each(|ip| check(ip, true));
        other.split_whitespace().for_each(|ip| check(ip, false));
    }

    #[test]
    fn this_machine_is_admitted_by_its_own_names_only() {
        let check = |hosts: DocumentHosts, is_name: bool, ip: &str, expected: bool| {
            assert_eq!(hosts.admits(is_name, ip.parse().unwrap()), expected, "{hosts:?} {ip}");
        };
        check(DocumentHosts::Public, false, "1.1.1.1", true);
        check(DocumentHosts::Public, true, "127.0.0.1", false);
        check(DocumentHosts::Public, false, "127.0.0.1", false);
        check(DocumentHosts::PublicAndLoopback, true, "127.0.0.1", true);
        check(DocumentHosts::PublicAndLoopback, true, "::1", true);
        check(DocumentHosts::PublicAndLoopback, true, "1.1.1.1", false);
        check(DocumentHosts::PublicAndLoopback, false, "127.0.0.1", false);
        check(DocumentHosts::PublicAndLoopback, false, "1.1.1.1", true);
    }

    proptest! {
        #[test]
        fn what_the_standard_library_calls_private_is_not_public(bits: u32) {
            let ip = Ipv4Addr::from(bits);
            let is_special = ip.is_private() || ip.is_loopback() || ip.is_link_local()
                || ip.is_multicast() || ip.is_documentation() || ip.is_broadcast();
            prop_assert!(!(is_special && is_public_v4(ip)));
        }
    }
}
