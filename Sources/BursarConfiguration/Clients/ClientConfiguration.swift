package import BursarModel

/// A caller that has a name: how it shows who it is, and what it may do. *Value.* It holds digests, never a token.
package struct ClientConfiguration: Sendable {
    package let name: String
    /// Of its tokens: two while one is being replaced.
    package let tokens: [TokenDigest]
    /// Names of client certificates that stand for it, with their kind: `dns:app.internal`.
    package let certificateNames: [String]
    /// Users of this machine whose programs stand for it over a Unix socket.
    package let userIDs: [UInt32]
    package let allow: Visibility
    package let mayPassThrough: Bool
    package let isAdmin: Bool
    package let rate: RequestRate?
    package let expires: WallTime?
    package let place: ConfigurationPlace
}
