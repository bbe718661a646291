import Glibc
import NIOCore
import Testing

@testable import BursarClient

@Suite struct TransportFaultTests {
    private static let labels: [(Int32, TransportFault)] = [
        (ECONNREFUSED, .refused), (EHOSTUNREACH, .refused), (EPIPE, .reset), (ETIMEDOUT, .connectTimeout),
        (EMFILE, .noDescriptors), (ENFILE, .noDescriptors), (EIO, .other)
    ]

    @Test(arguments: labels)
    func `an error of the system has one label, and keeps its number`(number: Int32, fault: TransportFault) {
        let error = ClientError(from: IOError(errnoCode: number, reason: "connect to 192.0.2.1"))
        #expect(error == ClientError(fault, errno: number))
    }

    @Test func `what ends the body of an answer is a body that is cut off, unless time or size ended it`() {
        let named: Set<TransportFault> = [.timeout, .cancelled, .bodyTooLarge, .badEncoding]
        for fault in TransportFault.allCases {
            #expect(fault.duringBody == (named.contains(fault) ? fault : .truncated), "\(fault)")
        }
    }
}
