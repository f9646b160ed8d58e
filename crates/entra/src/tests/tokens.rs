//! Every token that is refused, and those that are not.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use proptest::prelude::*;

use super::*;

const INVALID: fn(&'static str) -> Result<(), Refusal> = |reason| Err(Refusal::Invalid(reason));

const HEAD: &str = "its head has parts that no token of Entra ID has";
const ISSUER: &str = "its issuer is not one of this server's";
const CLAIMS: &str = "its claims cannot be read";
const NO_SCOPE: &str = "it has no scope: it is an app's own or an ID token";
const NO_USER: &str = "it does not say who the user is";
const OTHER_API: &str = "it was issued for another API";
const KEY: &str = "no key of its issuer has the name it gives";
const FORM: &str = "it is no signed token";
const ALGORITHM: &str = "it is not signed with RS256";

#[tokio::test]
async fn claims_that_are_refused_and_claims_that_are_not() {
    let directory = Directory::start().await;
    let tokens = directory.tokens(|_| ());
    let authority = directory.authority.as_str().trim_end_matches('/').to_owned();
    let v1 = |tenant: &str| format!("https://sts.windows.net/{tenant}/");
    let v2 = |tenant: &str| format!("{authority}/{tenant}/v2.0");
    let table: Vec<(Value, Result<(), Refusal>)> = vec![
        (json!({}), Ok(())),
        // Issuers.
        (json!({"iss": v1(TENANT), "ver": "1.0"}), Ok(())),
        (json!({"iss": v2(SECOND_TENANT), "tid": SECOND_TENANT}), Ok(())),
        (json!({"iss": v1(SECOND_TENANT), "tid": SECOND_TENANT, "ver": "1.0"}), Ok(())),
        (json!({"ver": "1.0"}), INVALID(ISSUER)),
        (json!({"iss": v1(TENANT)}), INVALID(ISSUER)),
        (json!({"ver": null}), INVALID(ISSUER)),
        (json!({"ver": "3.0"}), INVALID(ISSUER)),
        (json!({"iss": v1(TENANT), "ver": null}), INVALID(ISSUER)),
        (json!({"iss": v1(TENANT), "ver": "2.0"}), INVALID(ISSUER)),
        (json!({"iss": v2(FOREIGN_TENANT), "tid": FOREIGN_TENANT}), INVALID(ISSUER)),
        (json!({"iss": v2(FOREIGN_TENANT)}), INVALID(ISSUER)),
        (json!({"tid": FOREIGN_TENANT}), INVALID(ISSUER)),
        (json!({"tid": SECOND_TENANT}), INVALID(ISSUER)),
        (json!({"iss": v2(SECOND_TENANT)}), INVALID(ISSUER)),
        (json!({"tid": null}), INVALID(ISSUER)),
        (json!({"iss": null}), INVALID(ISSUER)),
        (json!({"iss": v2("common")}), INVALID(ISSUER)),
        (json!({"iss": format!("{}/", v2(TENANT))}), INVALID(ISSUER)),
        (json!({"iss": v2(TENANT).to_ascii_uppercase()}), INVALID(ISSUER)),
        (json!({"iss": format!("{}.evil.example", v2(TENANT))}), INVALID(ISSUER)),
        (
            json!({"iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0")}),
            INVALID(ISSUER),
        ),
        (json!({"iss": v1(TENANT).trim_end_matches('/'), "ver": "1.0"}), INVALID(ISSUER)),
        (json!({"iss": [v2(TENANT)]}), INVALID(CLAIMS)),
        // For whom.
        (json!({"aud": "api://another"}), INVALID(OTHER_API)),
        (json!({"aud": null}), INVALID(OTHER_API)),
        (json!({"aud": format!("{AUDIENCE}/")}), INVALID(OTHER_API)),
        (json!({"aud": AUDIENCE.to_ascii_uppercase()}), INVALID(OTHER_API)),
        (json!({"aud": [AUDIENCE]}), INVALID(CLAIMS)),
        (json!({"aud": ["api://another", AUDIENCE]}), INVALID(CLAIMS)),
        // When.
        (json!({"exp": NOW_S - 59}), Ok(())),
        (json!({"exp": NOW_S - 60}), INVALID("it has expired")),
        (json!({"exp": 0}), INVALID("it has expired")),
        (json!({"exp": u64::MAX}), Ok(())),
        (json!({"exp": null}), INVALID("it does not say when it ends")),
        (json!({"exp": "4000000000"}), INVALID(CLAIMS)),
        (json!({"exp": 4e9}), INVALID(CLAIMS)),
        (json!({"exp": -1}), INVALID(CLAIMS)),
        (json!({"nbf": NOW_S + 60}), Ok(())),
        (json!({"nbf": NOW_S + 61}), INVALID("it is not valid yet")),
        (json!({"nbf": null}), Ok(())),
        // Of whom.
        (json!({"scp": null}), INVALID(NO_SCOPE)),
        (json!({"scp": ""}), INVALID(NO_SCOPE)),
        (json!({"scp": "  "}), INVALID(NO_SCOPE)),
        (json!({"scp": null, "roles": ["Lead"]}), INVALID(NO_SCOPE)),
        (json!({"scp": ["access"]}), INVALID(CLAIMS)),
        (json!({"idtyp": "user"}), Ok(())),
        (json!({"idtyp": "app"}), INVALID("it is an app's own, and speaks for no user")),
        (json!({"oid": null}), INVALID(NO_USER)),
        (json!({"oid": ""}), INVALID(NO_USER)),
        (json!({"oid": "anna@contoso.example"}), INVALID(NO_USER)),
        (json!({"roles": "Lead"}), INVALID(CLAIMS)),
        // What it opens: whole words, letter by letter.
        (json!({"scp": "other access more"}), Ok(())),
        (json!({"scp": "other.access"}), Err(Refusal::LacksScope)),
        (json!({"scp": "accessible"}), Err(Refusal::LacksScope)),
        (json!({"scp": "Access"}), Err(Refusal::LacksScope)),
        (json!({"scp": "other,access"}), Err(Refusal::LacksScope)),
        // Nothing is mapped here, so no role stands in for the scope.
        (json!({"scp": "other", "roles": ["Lead"]}), Err(Refusal::LacksScope)),
    ];
    for (others, expected) in table {
        let token = directory.token(&others);
        let user = tokens.verify(&token, NOW_MS).await;
        assert_eq!(user.as_ref().map(|_| ()).map_err(|refusal| *refusal), expected, "{others}");
        if let Ok(user) = user {
            assert_eq!(user.subject(), format!("{}/{OBJECT}", user.tenant_id));
        }
    }
    // Both tenants' keys were read, each once.
    assert_eq!(directory.reads(), 2);
    let path = |tenant: &str| format!("/{tenant}/discovery/v2.0/keys");
    assert_eq!(directory.paths(), BTreeSet::from([path(TENANT), path(SECOND_TENANT)]));
}

#[tokio::test]
async fn heads_and_signatures_that_are_refused() {
    let directory = Directory::start().await;
    let tokens = directory.tokens(|_| ());
    let claims = directory.claims().to_string();
    let with = |more: Value| {
        let mut head: Value = serde_json::from_str(&head("first")).unwrap();
        head.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        head.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        FIRST.sign(&head.to_string(), &claims)
    };
    let good = directory.token(&json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let unsigned = |alg: &str| {
        let head = json!({"typ": "JWT", "alg": alg, "kid": "first"}).to_string();
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(&claims))
    };
    let public = FIRST.web_key("first");
    let by_public_key = {
        let text = unsigned("HS256");
        let text = text.trim_end_matches('.');
        let key = hmac::Key::new(hmac::HMAC_SHA256, public["n"].as_str().unwrap().as_bytes());
        let tag = hmac::sign(&key, text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    let two = |name: &str, value: &str| claims.replacen('{', &format!("{{\"{name}\":{value},"), 1);
    let raw = |claims: &str| FIRST.sign(&head("first"), claims);
    let mut other = directory.claims();
    other["oid"] = json!("00000000-0000-4000-8000-00000000000b");
    let swapped = URL_SAFE_NO_PAD.encode(other.to_string());
    let swapped = format!("{}.{swapped}.{signature}", signed.split('.').next().unwrap());
    let table = [
        ("a good one", good.clone(), Ok(())),
        ("RFC 9068's type", with(json!({"typ": "at+jwt"})), Ok(())),
        ("no type", with(json!({"typ": null})), Ok(())),
        ("a thumbprint", with(json!({"x5t": "first", "x5c": ["AAAA"]})), Ok(())),
        ("alg none", unsigned("none"), INVALID(ALGORITHM)),
        ("alg None", unsigned("None"), INVALID(ALGORITHM)),
        ("no alg", with(json!({"alg": null})), INVALID(FORM)),
        ("HS256 by the public key", by_public_key, INVALID(ALGORITHM)),
        ("RS512", with(json!({"alg": "RS512"})), INVALID(ALGORITHM)),
        ("PS256", with(json!({"alg": "PS256"})), INVALID(ALGORITHM)),
        ("rs256", with(json!({"alg": "rs256"})), INVALID(ALGORITHM)),
        ("no signature", unsigned("RS256"), INVALID(FORM)),
        ("no kid", with(json!({"kid": null})), INVALID("it names no key")),
        ("an empty kid", with(json!({"kid": ""})), INVALID("it names no key")),
        ("a kid that is no text", with(json!({"kid": 1})), INVALID(FORM)),
        ("a kid in other letters", with(json!({"kid": "First"})), INVALID(KEY)),
        ("a path as kid", with(json!({"kid": "../first"})), INVALID(KEY)),
        ("jku", with(json!({"jku": "https://evil.example/keys"})), INVALID(HEAD)),
        ("x5u", with(json!({"x5u": "https://evil.example/cert"})), INVALID(HEAD)),
        ("jwk", with(json!({"jwk": public})), INVALID(HEAD)),
        ("crit", with(json!({"crit": ["exp"]})), INVALID(HEAD)),
        ("b64", with(json!({"b64": false, "crit": ["b64"]})), INVALID(HEAD)),
        ("zip", with(json!({"zip": "DEF"})), INVALID(HEAD)),
        ("another type", with(json!({"typ": "logout+jwt"})), INVALID(HEAD)),
        ("another's key", SECOND.sign(&head("first"), &claims), INVALID("its signature is wrong")),
        ("other claims", swapped, INVALID("its signature is wrong")),
        ("half a signature", good[..good.len() - 40].to_owned(), INVALID(FORM)),
        ("padding", format!("{good}="), INVALID(FORM)),
        (
            "two kids",
            FIRST.sign(&head("x").replacen('{', "{\"kid\":\"first\",", 1), &claims),
            INVALID(FORM),
        ),
        ("two issuers", raw(&two("iss", "\"https://auth.atlassian.com\"")), INVALID(CLAIMS)),
        ("two audiences", raw(&two("aud", "\"api://another\"")), INVALID(CLAIMS)),
        ("two ends", raw(&two("exp", "4000000000")), INVALID(CLAIMS)),
        ("claims in a list", raw(&format!("[{claims}]")), INVALID(CLAIMS)),
        ("claims with more behind", raw(&format!("{claims} x")), INVALID(CLAIMS)),
        ("two parts", signed.to_owned(), INVALID(FORM)),
        ("four parts", format!("{good}.x"), INVALID(FORM)),
        ("five parts", format!("{good}.x.y"), INVALID(FORM)),
        ("nothing", String::new(), INVALID(FORM)),
        ("dots", "..".to_owned(), INVALID(FORM)),
        ("no token", "not-a-token-of-any-kind".to_owned(), INVALID(FORM)),
    ];
    for (what, token, expected) in table {
        let user = tokens.verify(&token, NOW_MS).await;
        assert_eq!(user.map(|_| ()), expected, "{what}");
    }
}

#[tokio::test]
async fn an_app_and_a_user_whose_roles_mean_nothing_are_told_apart_from_those_whose_do() {
    let directory = Directory::start().await;
    let mapped = || Some(BTreeSet::from(["Reader".to_owned(), "Lead".to_owned()]));
    let tokens = directory.tokens(|settings| settings.mapped_roles = mapped());
    let table: [(Value, Result<&[&str], Refusal>); 11] = [
        (json!({"roles": ["Lead"]}), Ok(&["Lead"])),
        (json!({"roles": ["Lead", "Reader"]}), Ok(&["Lead", "Reader"])),
        (json!({"roles": ["Other", "Reader"]}), Ok(&["Reader"])),
        (json!({"scp": "other", "roles": ["Reader"]}), Ok(&["Reader"])),
        (json!({"roles": ["lead"]}), Err(Refusal::NoRole)),
        (json!({"roles": ["Lead "]}), Err(Refusal::NoRole)),
        (json!({"roles": ["LeadX", "Lea"]}), Err(Refusal::NoRole)),
        (json!({"roles": []}), Err(Refusal::NoRole)),
        (json!({}), Err(Refusal::NoRole)),
        (json!({"scp": "other", "roles": ["Other"]}), Err(Refusal::LacksScope)),
        (json!({"scp": null, "roles": ["Lead"]}), Err(Refusal::Invalid(NO_SCOPE))),
    ];
    for (others, expected) in table {
        let user = tokens.verify(&directory.token(&others), NOW_MS).await;
        let roles = user.map(|user| user.roles.unwrap().to_vec());
        let expected = expected.map(|roles| roles.iter().map(|r| (*r).to_owned()).collect());
        assert_eq!(roles, expected, "{others}");
    }
    let any_scope = directory.tokens(|settings| settings.required_scope = None);
    let user = any_scope.verify(&directory.token(&json!({"scp": "other"})), NOW_MS).await;
    assert_eq!(user.unwrap().roles, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No other byte anywhere makes another token good, and none makes it panic.
    #[test]
    fn a_token_is_good_as_it_stands_or_not_at_all(at in 0_usize..900, byte in 0x20_u8..0x7f) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let directory = Directory::start().await;
            let tokens = directory.tokens(|_| ());
            let good = directory.token(&json!({}));
            let mut bytes = good.clone().into_bytes();
            let at = at % bytes.len();
            let is_same = bytes[at] == byte;
            bytes[at] = byte;
            let token = String::from_utf8(bytes).unwrap();
            let user = tokens.verify(&token, NOW_MS).await;
            prop_assert_eq!(user.is_ok(), is_same, "{} at {}", char::from(byte), at);
            Ok(())
        })?;
    }

    #[test]
    fn no_text_is_more_than_refused(text in any::<String>()) {
        prop_assert!(SignedToken::read(&text).is_err());
        let _ = KeySet::parse(text.as_bytes());
    }
}
