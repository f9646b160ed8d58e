//! When sessions end: unused, too old, too many, and by clocks that are wrong.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use super::{
    World,
    world::{HOUR, MINUTE},
};

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let world = World::new().await;
    let own = [("SESSION_IDLE_TIMEOUT", "7200000"), ("ACCESS_TOKEN_TTL_MS", "86400000")];
    let bridge = world.replica(&own).await;
    let anna = bridge.door.sign_in("anna").await;
    assert!(anna.expires_in <= 7200, "{anna:?} outlives its session");
    let mut anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
    for _ in 0..4 {
        world.advance(110 * MINUTE);
        bridge.door.works(&anna.access_token).await;
        anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
    }
    world.advance(121 * MINUTE);
    bridge.door.read(&anna.access_token).await.says_sign_in_again();
    assert_eq!(bridge.door.refresh(&anna).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_session_ends_in_time_however_much_it_is_used() {
    let world = World::new().await;
    let bridge = world.replica(&[("SESSION_TIMEOUT", "18000000")]).await;
    let mut anna = bridge.door.sign_in("anna").await;
    for minutes in (30..300).step_by(30) {
        world.advance(30 * MINUTE);
        bridge.door.works(&anna.access_token).await;
        anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
        assert!(anna.expires_in <= 60 * (300 - minutes), "{minutes}: {anna:?}");
        assert!(anna.expires_in <= 3600 && anna.expires_in > 0, "{minutes}: {anna:?}");
    }
    world.advance(30 * MINUTE);
    bridge.door.read(&anna.access_token).await.says_sign_in_again();
    assert_eq!(bridge.door.refresh(&anna).await.error(), "invalid_grant");
}

#[tokio::test]
async fn one_sign_in_too_many_ends_the_oldest_here_and_at_the_provider() {
    let world = World::new().await;
    let bridge = world.replica(&[("MAX_SESSIONS_PER_USER", "2")]).await;
    let first = bridge.door.sign_in("anna").await;
    let second = bridge.door.sign_in("anna").await;
    let other = bridge.door.sign_in("ben").await;
    let third = bridge.door.sign_in("anna").await;
    bridge.door.read(&first.access_token).await.says_sign_in_again();
    assert_eq!(bridge.door.refresh(&first).await.error(), "invalid_grant");
    for kept in [&second, &third, &other] {
        bridge.door.works(&kept.access_token).await;
    }
    let revoked: Vec<_> = world.identity.grants().iter().map(|grant| grant.revoked).collect();
    assert_eq!(revoked, [true, false, false, false]);
}

/// A session that has ended by itself takes no other's place.
#[tokio::test]
async fn sessions_that_have_ended_do_not_count() {
    let world = World::new().await;
    let own = [("MAX_SESSIONS_PER_USER", "2"), ("SESSION_IDLE_TIMEOUT", "7200000")];
    let bridge = world.replica(&own).await;
    let used = bridge.door.sign_in("anna").await;
    let forgotten = bridge.door.sign_in("anna").await;
    world.advance(HOUR);
    let used = bridge.door.refresh(&used).await.tokens(&used.client_id);
    world.advance(HOUR + MINUTE);
    let used = bridge.door.refresh(&used).await.tokens(&used.client_id);
    assert_eq!(bridge.door.refresh(&forgotten).await.error(), "invalid_grant");
    let new = bridge.door.sign_in("anna").await;
    for kept in [&used, &new] {
        bridge.door.works(&kept.access_token).await;
    }
}

/// Our clock is set while sessions are in use; nobody has to sign in again, and nobody asks the
/// provider again and again.
#[tokio::test]
async fn a_clock_that_is_set_costs_one_renewal_at_most() {
    for ahead_ms in [-26 * HOUR, -HOUR, -MINUTE, MINUTE, 2 * HOUR, 26 * HOUR] {
        let world = World::strict().await;
        let ours = Arc::new(AtomicI64::new(0));
        let own = [("ACCESS_TOKEN_TTL_MS", "86400000")];
        let bridge = world.replica_ahead(&own, ours.clone()).await;
        let anna = bridge.door.sign_in("anna").await;
        bridge.door.works(&anna.access_token).await;
        ours.store(ahead_ms, Ordering::SeqCst);
        let anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
        for _ in 0..3 {
            bridge.door.works(&anna.access_token).await;
        }
        assert!(world.refreshes() <= 1, "{ahead_ms}: {} renewals", world.refreshes());
    }
}

#[tokio::test]
async fn the_providers_clock_may_be_another() {
    for ahead_ms in [-2 * HOUR, 2 * HOUR] {
        let world = World::with_provider_ahead(ahead_ms, |_| {}).await;
        let bridge = world.bridge().await;
        let anna = bridge.door.sign_in("anna").await;
        bridge.door.works(&anna.access_token).await;
        world.advance(29 * MINUTE);
        bridge.door.works(&anna.access_token).await;
        assert_eq!(world.refreshes(), 0, "{ahead_ms}");
        world.advance(2 * MINUTE);
        bridge.door.works(&anna.access_token).await;
        assert_eq!(world.refreshes(), 1, "{ahead_ms}");
    }
}

/// Who begins sign-ins and never finishes them keeps nobody out.
#[tokio::test]
async fn a_thousand_half_finished_sign_ins_leave_room_for_a_good_one() {
    let world = World::new().await;
    let bridge = world.bridge().await;
    let good = bridge.door.ask().await;
    let flood = bridge.door.ask().await;
    let sent = bridge.door.decide(&good, "allow").await;
    for _ in 0..1_000 {
        assert_eq!(bridge.door.decide(&flood, "allow").await.status, 303);
    }
    // One that stands at the provider all the while, and one that begins now.
    let back = bridge.door.at_provider(&sent, "anna").await;
    assert!(bridge.door.callback(&back, &good).await.param("code").is_some());
    let anna = bridge.door.sign_in("anna").await;
    bridge.door.works(&anna.access_token).await;
}
