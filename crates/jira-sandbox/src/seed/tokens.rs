//! The access tokens: whose they are, what they may ask for, which sites they reach.

use std::sync::Arc;

use super::{
    people::{
        ANNA_ACCOUNT, BEN_ACCOUNT, CARLA_ACCOUNT, DANA_ACCOUNT, EMIL_ACCOUNT, FEMI_ACCOUNT,
        GRETA_ACCOUNT,
    },
    world::Seed,
};
use crate::model::{
    Token, access_token,
    scope::{
        DELETE_SPRINT, MANAGE_PROJECT, RANK, READ_BOARD, READ_DETAILS, READ_EPIC, READ_JQL,
        READ_PROJECT, READ_REQUEST, READ_SPRINT, READ_USER, READ_WORK, WRITE_BOARD, WRITE_REQUEST,
        WRITE_SPRINT, WRITE_WORK,
    },
};

const CLASSIC: &[&str] = &[READ_WORK, WRITE_WORK, READ_USER];
const READ_ONLY: &[&str] = &[READ_WORK, READ_USER];
const ALL: &[&str] = &[
    READ_WORK,
    WRITE_WORK,
    READ_USER,
    MANAGE_PROJECT,
    READ_BOARD,
    READ_SPRINT,
    WRITE_SPRINT,
    DELETE_SPRINT,
    READ_PROJECT,
    READ_DETAILS,
    READ_JQL,
    READ_EPIC,
    WRITE_BOARD,
    RANK,
    READ_REQUEST,
    WRITE_REQUEST,
];

/// The tokens in their fixed order.
pub(crate) fn tokens(seed: Seed) -> Vec<Arc<Token>> {
    let german = ("greta", GRETA_ACCOUNT, CLASSIC, false, &[0][..]);
    [
        ("anna", ANNA_ACCOUNT, ALL, false, &[0][..]),
        ("ben", BEN_ACCOUNT, CLASSIC, false, &[0][..]),
        ("carla", CARLA_ACCOUNT, ALL, false, &[0][..]),
        ("dana", DANA_ACCOUNT, READ_ONLY, false, &[0][..]),
        ("emil", EMIL_ACCOUNT, CLASSIC, true, &[0][..]),
        ("femi", FEMI_ACCOUNT, ALL, false, &[0, 1][..]),
    ]
    .into_iter()
    .chain((seed == Seed::Awkward).then_some(german))
    .map(|(name, account_id, scopes, expired, sites)| {
        let scopes = scopes.iter().map(ToString::to_string).collect();
        Arc::new(Token { name, secret: access_token(name), account_id, scopes, expired, sites })
    })
    .collect()
}
