import Foundation
import LayerFold
import Testing

/// Keys made to harm who reads them: each is refused by name, without a crash and without memory beyond the file's length.
@Suite("Crafted keys", .serialized) struct CraftedKeyTests {
  /// The verifier's key of the fixture, and where its constants and sizes stand.
  private struct File {
    let folder: TemporaryFolder
    let url: URL
    let bytes: [UInt8]
    /// The first of the integer model's constants: the positions, then the bits of a digit.
    let parameters: Int
    /// k, then e.
    let sizes: Int

    init() async throws {
      folder = try TemporaryFolder()
      url = folder.url.appending(path: VerifierKey.fileName)
      try await Fixture.made().verifierKey.write(to: url)
      let bytes = try [UInt8](Data(contentsOf: url))
      func number(at place: Int, bytes count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
      }
      self.bytes = bytes
      // The name, the length of the constants; 8 sizes, 2 reals, the tie, the beginning token; the stop tokens.
      let stopTokens = 16 + 64 + 16 + 1 + 8
      parameters = stopTokens + 4 + 8 * number(at: stopTokens, bytes: 4)
      sizes = 16 + number(at: 8, bytes: 8)
    }

    /// Requires a refusal that mentions something, of a key in which `change` was made.
    func expectRefusal(_ mention: String, _ change: (inout [UInt8]) -> Void) throws {
      var crafted = bytes
      change(&crafted)
      #expect(crafted != bytes)
      try Data(crafted).write(to: url)
      let error = #expect(throws: LayerFoldError.self) { try VerifierKey(contentsOf: url) }
      guard case .malformedKey(_, let reason) = error, reason.contains(mention) else {
        Issue.record("expected \(mention), found \(String(describing: error))")
        return
      }
    }
  }

  @Test("Rejects: a model of one position")
  func onePosition() async throws {
    let file = try await File()
    try #require(file.bytes[file.parameters] == 16)
    try file.expectRefusal("the length of text") { $0[file.parameters] = 1 }
    try file.expectRefusal("positions") { $0[file.parameters] = 0 }
  }

  @Test("Rejects: digits that no circuit can use", arguments: [17, 20, 24, 7, 0] as [UInt8])
  func digitBits(bits: UInt8) async throws {
    let file = try await File()
    try #require(file.bytes[file.parameters + 8] == 16)
    try file.expectRefusal("digitBits") { $0[file.parameters + 8] = bits }
  }

  @Test("Rejects: more or fewer rows than the constraints have", arguments: [28, 24, 18, 16, 15, 1, 0, 255] as [UInt8])
  func rowCount(log: UInt8) async throws {
    let file = try await File()
    try #require(file.bytes[file.sizes + 1] == 17)
    try file.expectRefusal("the number of rows") { $0[file.sizes + 1] = log }
  }

  @Test("Rejects: in the check, constants of other circuits than the key's, before any circuit is built")
  func otherCircuits() async throws {
    let file = try await File()
    try #require(file.bytes[file.parameters] == 16)
    // 32 or 8192 positions, with circuits and tables of 16.
    for (low, high) in [(32, 0), (0, 32)] as [(UInt8, UInt8)] {
      var crafted = file.bytes
      (crafted[file.parameters], crafted[file.parameters + 1]) = (low, high)
      try Data(crafted).write(to: file.url)
      let error = #expect(throws: LayerFoldError.self) { try VerifierKey(contentsOf: file.url).check() }
      guard case .malformedKey = error else {
        Issue.record("found \(String(describing: error))")
        return
      }
    }
  }

  @Test("Rejects: segments and chunks beyond all others")
  func segments() async throws {
    let file = try await File()
    // The number of trace chunks, then the entries of every kind's segments.
    try file.expectRefusal("the number of chunks") { $0[file.sizes + 3] = 0xff }
    for kind in 0..<4 {
      try file.expectRefusal("the number of chunks") { $0[file.sizes + 6 + 20 * kind + 3] = 0x0f }
      try file.expectRefusal("the segments") { $0[file.sizes + 6 + 20 * kind + 3] = 0xff }
    }
  }
}
