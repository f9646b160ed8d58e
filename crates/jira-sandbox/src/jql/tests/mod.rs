//! The language as its users meet it: what is refused and with which words, what is found, and in
//! which order.

mod analysis;
mod dates;
mod matching;
mod ordering;
mod property;
mod site;
mod syntax;
