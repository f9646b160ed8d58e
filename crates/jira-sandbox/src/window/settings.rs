//! What whoever serves the window tells it: the sandbox does not know who stands before it.

/// What the page of clients says.
#[derive(Clone, Default)]
pub struct WindowSettings {
    /// Whose window it is, for every page's head.
    pub product: String,
    /// Which tools are on, in a few words.
    pub tools: String,
    /// Who can be acted for.
    pub people: Vec<WindowPerson>,
    /// How clients are connected.
    pub ways: Vec<WindowWay>,
}

/// One of the sandbox's people, as clients know them.
#[derive(Clone)]
pub struct WindowPerson {
    /// The name of [`Sandbox::tokens`](crate::Sandbox::tokens).
    pub name: String,
    /// What is special about them.
    pub about: String,
    /// The access token.
    pub token: String,
}

/// One way to connect a client.
#[derive(Clone)]
pub struct WindowWay {
    /// Which client.
    pub name: String,
    /// What to do.
    pub about: String,
    /// An address that opens the client.
    pub link: Option<String>,
    /// A text to copy.
    pub text: Option<String>,
}
