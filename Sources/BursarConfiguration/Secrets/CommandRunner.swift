import CProcess
import Glibc

/// Runs a command to its end and takes what it prints. *Stateless;* blocks its thread for as long as ``SecretCommand/timeout``.
///
/// The child has the given environment, the given input or none, no open file but that and its outputs, a process group of its own, and
/// the signals as they are at the start of a program. Its error output goes nowhere: helpers print secrets there, too.
package enum CommandRunner {
    /// - Parameter limit: of what it prints. Nil: that goes nowhere, and what it left running when it ended well goes on, as a mailer
    ///   that hands a message on in the background does.
    package static func run(
        _ command: SecretCommand, environment: [String: String], input: [UInt8]? = nil, limit: Int?,
        timeout: Duration = SecretCommand.timeout, isStopped: () -> Bool = { false }
    ) -> Result<[UInt8], CommandProblem> {
        var ends: [Int32] = [-1, -1]
        guard limit == nil || bursar_pipe(&ends) == 0 else { return .failure(.cannotStart(errno)) }
        defer { if ends[0] >= 0 { close(ends[0]) } }
        var source: Int32 = -1
        if let input {
            // A file and not a pipe: whoever reads nothing of it keeps nobody waiting.
            source = input.withUnsafeBytes { $0.baseAddress.map { bursar_memory_file($0, UInt(input.count)) } ?? -1 }
            guard source >= 0, lseek(source, 0, SEEK_SET) == 0 else {
                let number = errno
                if ends[1] >= 0 { close(ends[1]) }
                return .failure(.cannotStart(number))
            }
        }
        let spawned = spawn(command, environment, input: source, output: ends[1])
        if source >= 0 { close(source) }
        if ends[1] >= 0 { close(ends[1]) }
        let child: pid_t
        switch spawned {
        case .failure(let problem): return .failure(problem)
        case .success(let id): child = id
        }
        let deadline = now() + timeout
        guard let limit else {
            let ended = wait(for: child, until: deadline, isStopped)
            if case .failure = ended { kill(-child, SIGKILL) }
            return ended.map { _ in [] }
        }
        let read = output(of: ends[0], limit: limit, until: deadline, isStopped)
        if case .failure = read { kill(-child, SIGKILL) }
        let ended = wait(for: child, until: deadline, isStopped)
        // Whatever it left running in its group holds nothing of ours, and is not wanted.
        kill(-child, SIGKILL)
        if case .failure = read { return read }
        if case .failure(let problem) = ended { return .failure(problem) }
        return read
    }

    private static func spawn(
        _ command: SecretCommand, _ environment: [String: String], input: Int32, output: Int32
    ) -> Result<pid_t, CommandProblem> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if input >= 0 {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        if output >= 0 {
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Sockets of this process must not stay open in a helper that hangs.
        bursar_spawn_close_from(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var ignored = sigset_t()
        sigemptyset(&ignored)
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { sigaddset(&ignored, signal) }
        posix_spawnattr_setsigdefault(&attributes, &ignored)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))

        var arguments = command.words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let problem = posix_spawn(&child, command.words[0], &actions, &attributes, &arguments, &variables)
        return problem == 0 ? .success(child) : .failure(.cannotStart(problem))
    }

    /// How often is looked whether to stop.
    private static let look: Duration = .milliseconds(100)

    private static func output(
        of descriptor: Int32, limit: Int, until deadline: Duration, _ isStopped: () -> Bool
    ) -> Result<[UInt8], CommandProblem> {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        // The chunk may have held a credential.
        defer { for index in chunk.indices { chunk[index] = 0 } }
        while true {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = min(max(.zero, deadline - now()), look)
            let ready = poll(
                &poller, 1, Int32(left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000))
            if ready < 0 && errno == EINTR { continue }
            if isStopped() || now() >= deadline { return .failure(.timedOut) }
            if ready == 0 { continue }
            guard ready > 0 else { return .failure(.timedOut) }
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return .success(bytes) }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { return .failure(.tooMuchOutput) }
        }
    }

    /// Collects the child, which has ended or is about to: it closed its output. One that goes on is ended at the deadline.
    private static func wait(
        for child: pid_t, until deadline: Duration, _ isStopped: () -> Bool
    ) -> Result<Void, CommandProblem> {
        var status: Int32 = 0
        var isLate = false
        while true {
            let ended = waitpid(child, &status, isLate ? 0 : WNOHANG)
            if ended == child { break }
            guard ended == 0 || errno == EINTR else { return .failure(.cannotStart(errno)) }
            if now() >= deadline || isStopped() {
                kill(-child, SIGKILL)
                isLate = true
            } else if ended == 0 {
                usleep(2_000)
            }
        }
        if isLate { return .failure(.timedOut) }
        // As WIFEXITED and its kind, which are macros.
        let signal = status & 0x7F
        if signal != 0 { return .failure(.killed(signal: signal)) }
        let code = (status >> 8) & 0xFF
        return code == 0 ? .success(()) : .failure(.failed(status: code))
    }

    private static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
