//! Which addresses are refused: every block that is set aside with its neighbours, every way to write one, and laws.

use proptest::prelude::*;

use super::*;

fn is_public(address: &str) -> bool {
    judge(address.parse().unwrap()).is_ok()
}

fn is_admitted(url: &str) -> bool {
    admit(&url.parse().unwrap(), Reach::Public).is_ok()
}

/// The first and the last address of each block, and its neighbours where those are public.
#[test]
fn every_block_is_refused_up_to_its_borders() {
    for (first, last, before, after) in [
        ("0.0.0.0", "0.255.255.255", None, Some("1.0.0.0")),
        ("10.0.0.0", "10.255.255.255", Some("9.255.255.255"), Some("11.0.0.0")),
        ("100.64.0.0", "100.127.255.255", Some("100.63.255.255"), Some("100.128.0.0")),
        ("127.0.0.0", "127.255.255.255", Some("126.255.255.255"), Some("128.0.0.0")),
        ("168.63.129.16", "168.63.129.16", Some("168.63.129.15"), Some("168.63.129.17")),
        ("169.254.0.0", "169.254.255.255", Some("169.253.255.255"), Some("169.255.0.0")),
        ("172.16.0.0", "172.31.255.255", Some("172.15.255.255"), Some("172.32.0.0")),
        ("192.0.0.0", "192.0.0.255", Some("191.255.255.255"), Some("192.0.1.0")),
        ("192.0.2.0", "192.0.2.255", Some("192.0.1.255"), Some("192.0.3.0")),
        ("192.88.99.0", "192.88.99.255", Some("192.88.98.255"), Some("192.88.100.0")),
        ("192.168.0.0", "192.168.255.255", Some("192.167.255.255"), Some("192.169.0.0")),
        ("198.18.0.0", "198.19.255.255", Some("198.17.255.255"), Some("198.20.0.0")),
        ("198.51.100.0", "198.51.100.255", Some("198.51.99.255"), Some("198.51.101.0")),
        ("203.0.113.0", "203.0.113.255", Some("203.0.112.255"), Some("203.0.114.0")),
        ("224.0.0.0", "255.255.255.255", Some("223.255.255.255"), None),
        ("::", "::ffff", None, None),
        ("::127.0.0.1", "::8.8.8.8", None, None),
        ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", None, None),
        ("100::", "1fff:ffff::", None, Some("2000::")),
        (
            "2001::",
            "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
            Some("2000:ffff::"),
            Some("2001:200::"),
        ),
        (
            "2001:db8::",
            "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            Some("2001:db7:ffff::"),
            Some("2001:db9::"),
        ),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("2001:ffff::"), Some("2003::")),
        (
            "3fff::",
            "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
            Some("3ffe:ffff::"),
            Some("3fff:1000::"),
        ),
        ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("3fff:ffff::"), None),
        ("fc00::", "fdff:ffff::", None, None),
        ("fe80::1", "febf:ffff::", None, None),
        ("fd00:ec2::254", "fec0::1", None, None),
    ] {
        assert!(!is_public(first), "{first}");
        assert!(!is_public(last), "{last}");
        for neighbour in [before, after].into_iter().flatten() {
            assert!(is_public(neighbour), "{neighbour}");
        }
    }
}

#[test]
fn a_wrapped_address_is_refused_whatever_wraps_it() {
    for address in [
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1.1.1.1",
        "2002:7f00:1::",
        "2002:0808:0808::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ] {
        assert!(!is_public(address), "{address}");
    }
    // What a machine without IPv4 gets from its resolver for an ordinary site.
    assert!(is_public("64:ff9b::93.184.215.14") && is_public("::ffff:93.184.215.14"));
}

/// However an address is written, the URL library reads it as browsers do, and the guard sees what it read.
#[test]
fn no_spelling_of_a_private_address_gets_past() {
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "１２７.０.０.１",
        "127%2e0%2e0%2e1",
        "0",
        "0.0.0.0",
        "169.254.169.254",
        "0xa9fea9fe",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:a9fe:a9fe]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "ｌｏｃａｌｈｏｓｔ",
        "a.localhost",
    ] {
        for url in [format!("http://{host}/"), format!("https://{host}:8443/x?y#z")] {
            assert!(!is_admitted(&url), "{url}");
            assert!(admit(&url.parse().unwrap(), Reach::Anywhere).is_ok());
        }
    }
    for url in [
        "http://example.org/",
        "http://8.8.8.8/",
        "http://[2606:4700::1]/",
        "http://localhost.org/",
    ] {
        assert!(is_admitted(url), "{url}");
    }
}

#[test]
fn the_refusal_has_a_class_and_a_hint() {
    let failure = Failure::from(judge("10.0.0.1".parse().unwrap()).unwrap_err());
    assert_eq!(failure.class, FailureClass::BlockedAddress);
    assert_eq!(
        failure.detail,
        "the address is not public: it is in a private network\nhint: if that is meant, allow it with --allow-private"
    );
}

/// A name with a foot in both worlds leads to the public one alone.
#[test]
fn of_what_a_name_resolves_to_only_the_public_is_called() {
    let public_of = |found: &[&str]| {
        let found = found.iter().map(|address| address.parse::<SocketAddr>().unwrap());
        public_of(found).map(|public| public.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let public = ["8.8.8.8:0", "[2606:4700::1]:0"];
    assert_eq!(public_of(&public).unwrap(), public);
    assert_eq!(public_of(&["10.0.0.1:0", "8.8.8.8:0", "[::1]:0"]).unwrap(), ["8.8.8.8:0"]);
    assert_eq!(public_of(&["10.0.0.1:0", "[::1]:0"]), Err(NETWORK));
    assert_eq!(public_of(&[]), Ok(Vec::new()));
}

#[tokio::test]
async fn a_name_is_judged_by_what_it_resolves_to() {
    let resolved = PublicResolver.resolve("localhost".parse().unwrap()).await;
    let Err(why) = resolved else { panic!("localhost was resolved") };
    assert!(why.downcast_ref::<Private>().is_some(), "{why}");
}

/// A second opinion, as the standard library and arithmetic see it: what it calls special must not be public.
fn is_plainly_private(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_unspecified()
        || address.is_documentation()
        || address.is_broadcast()
        || (a == 100 && (64..128).contains(&b))
}

/// Every 4099th of all IPv4 addresses, and every way to carry each inside an IPv6 address.
#[test]
fn a_million_addresses_are_judged_alike_in_every_form() {
    for bits in (0..=u32::MAX).step_by(4099) {
        let address = Ipv4Addr::from_bits(bits);
        let verdict = judge_v4(address);
        assert!(verdict.is_err() || !is_plainly_private(address), "{address}");
        assert_eq!(judge_v6(address.to_ipv6_mapped()), verdict, "{address}");
        assert_eq!(judge_v6(Ipv6Addr::from_bits(NAT64.to_bits() | u128::from(bits))), verdict);
        assert!(judge_v6(Ipv6Addr::from_bits(u128::from(bits))).is_err(), "compatible {address}");
        let carried = (0x2002_u128 << 112) | (u128::from(bits) << 80);
        assert!(judge_v6(Ipv6Addr::from_bits(carried)).is_err(), "6to4 {address}");
    }
}

proptest! {
    #[test]
    fn a_private_ipv4_address_is_refused_as_a_url(bits: u32) {
        let address = Ipv4Addr::from_bits(bits);
        let refused = judge_v4(address).is_err();
        for host in [address.to_string(), bits.to_string(), format!("{bits:#x}"), format!("0{bits:o}"),
            format!("[{}]", address.to_ipv6_mapped())] {
            let url = format!("http://{host}/");
            prop_assert_eq!(!is_admitted(&url), refused, "{}", url);
        }
    }

    #[test]
    fn only_global_unicast_is_public(bits: u128) {
        let address = Ipv6Addr::from_bits(bits);
        let embeds = address.to_ipv4_mapped().is_some() || bits >> 32 == NAT64.to_bits() >> 32;
        if judge_v6(address).is_ok() && !embeds {
            prop_assert_eq!(bits >> 125, 1);
        }
    }
}
