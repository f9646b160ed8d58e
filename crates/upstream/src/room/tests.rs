//! How answers and requests share what there is.

use super::*;
use futures_util::FutureExt;
use tokio::task::unconstrained;

const MIB: usize = 1 << 20;

fn caller(number: u8) -> CallerId {
    CallerId::from([number; 16])
}

/// Reads `bytes` of an answer that may have 8 MiB; none while it waits for room.
fn read(room: &Room, who: u8, bytes: usize) -> Option<Bytes> {
    let mut answer = room.of_answer(caller(who), true, 8 * MIB);
    // Without a share of time: the reads of a test come in one go.
    unconstrained(answer.grow_to(bytes)).now_or_never()?.unwrap();
    Some(answer.keep(Bytes::from(vec![0; bytes])))
}

#[tokio::test]
async fn large_answers_wait_for_each_other_and_small_ones_for_nobody() {
    let room = Room::new();
    let mut held: Vec<_> = std::iter::from_fn(|| read(&room, 1, 7 * MIB)).take(100).collect();
    assert_eq!(held.len(), 1);
    for who in [1, 2] {
        assert!(read(&room, who, ANSWER_BYTES_FREE).is_some());
        assert!(read(&room, who, 200 << 10).is_some());
        assert!(read(&room, who, 900 << 10).is_some());
    }
    let part = held.pop().unwrap().slice(1..2);
    assert!(read(&room, 2, 7 * MIB).is_none(), "a part keeps the whole");
    drop(part);
    assert!(read(&room, 2, 7 * MIB).is_some());
}

#[tokio::test]
async fn one_caller_leaves_half_of_the_pool_to_others_and_one_turn_in_the_lane() {
    let room = Room::new();
    let fill =
        |who| std::iter::from_fn(|| read(&room, who, 500 << 10)).take(100).collect::<Vec<_>>();
    let one = fill(1);
    // Half of the pool, and the lane.
    assert!((8..=10).contains(&one.len()), "{}", one.len());
    let other = fill(2);
    assert!((7..=9).contains(&other.len()), "{}", other.len());
    drop((one, other));
    let lane = read(&room, 1, 2 * MIB).unwrap();
    let order = std::sync::Mutex::new(Vec::new());
    let wait = |who: u8| {
        let (room, order) = (&room, &order);
        async move {
            let mut answer = room.of_answer(caller(who), true, 8 * MIB);
            answer.grow_to(2 * MIB).await.unwrap();
            order.lock().unwrap().push(who);
        }
    };
    let free = async { drop(lane) };
    futures_util::join!(wait(1), wait(1), wait(1), wait(2), free);
    assert_eq!(
        order.into_inner().unwrap(),
        [2, 1, 1, 1],
        "a stranger is behind the one who has it, and no more"
    );
}

#[tokio::test]
async fn answers_that_fill_the_pool_together_are_all_read_one_after_the_other() {
    let room = Room::new();
    let read = |who: u8| {
        let room = room.clone();
        async move {
            let mut answer = room.of_answer(caller(who), true, 8 * MIB);
            for bytes in (1..=24).map(|step| step * STEP_BYTES) {
                answer.grow_to(bytes).await.map_err(|_| who)?;
                tokio::task::yield_now().await;
            }
            Ok::<_, u8>(answer.keep(Bytes::from(vec![0; 24 * STEP_BYTES])).len())
        }
    };
    let all = futures_util::future::join_all((0..200).map(read)).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
}

#[tokio::test]
async fn all_answers_together_are_bounded() {
    let room = Room::new();
    let all: Vec<Bytes> = (0..=200).filter_map(|who| read(&room, who, 200 << 10)).collect();
    let held: usize = all.iter().map(Bytes::len).sum();
    // What is free in any case, and one that has the lane.
    let beside = all.len() * ANSWER_BYTES_FREE + (200 << 10);
    assert!((ANSWERS_BYTES_MAX / 2..=ANSWERS_BYTES_MAX + beside).contains(&held), "{held}");
}

#[test]
fn a_caller_has_half_of_the_room_for_requests() {
    let room = Room::new();
    let [one, other] = [1, 2].map(caller);
    let fill = |caller, is_accepted| {
        let take = || room.of_request(caller, is_accepted, MIB).ok();
        std::iter::from_fn(take).take(100).collect::<Vec<_>>()
    };
    let held = fill(one, true);
    assert_eq!(held.len(), 6);
    assert!(room.of_request(one, true, REQUEST_BYTES_FREE).is_ok());
    assert_eq!(fill(other, true).len(), 6);
    drop(held);
    assert_eq!(fill(other, false).len(), 6);
}
