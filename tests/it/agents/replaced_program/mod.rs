//! What is wrong with the program that this one replaces, one test a defect, each named by what
//! happens here instead. The numbers are those of the list that was made when it was read and run.

mod conversations;
mod doors;
