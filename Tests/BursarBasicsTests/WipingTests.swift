import Testing

@testable import BursarBasics

@Suite struct WipingTests {
    @Test func `every byte is overwritten, and nothing beside it`() {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: repeatElement(0xAA, count: 64))
        Wiping.wipe(UnsafeMutableRawBufferPointer(rebasing: memory[8..<56]))
        #expect(memory[8..<56].allSatisfy { $0 == 0 })
        #expect(memory[..<8].allSatisfy { $0 == 0xAA } && memory[56...].allSatisfy { $0 == 0xAA })
        Wiping.wipe(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }
}
