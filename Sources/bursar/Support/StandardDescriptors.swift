import Glibc

/// Standard input, output and error are there. *Stateless.*
enum StandardDescriptors {
    /// Where one was closed (`bursar balances >&-`), whatever is opened first would get its number, and an answer would go into that. Nobody
    /// wants to read it: it goes nowhere. To be called before anything is opened.
    static func open() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free, which is this one.
            _ = Glibc.open("/dev/null", O_RDWR)
        }
    }
}
