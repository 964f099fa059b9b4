import Foundation
import Testing

/// Docs/Attacks.md names tests; they exist.
@Suite struct AttackIndexTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test func everyNamedTestExists() throws {
    let document = try text("Docs/Attacks.md")
    var count = 0
    for match in document.matches(of: /`([A-Za-z]+)\/([A-Za-z]+)\.([A-Za-z]+)`/) {
      let (target, file, function) = (match.1, match.2, match.3)
      let source = try text("Tests/\(target)Tests/\(file).swift")
      #expect(source.contains("func \(function)("), "\(target)/\(file).\(function)")
      count += 1
    }
    #expect(count > 100)
    // All lines of the list of mistakes are there.
    for number in 1...35 { #expect(document.contains("\n| \(number) | "), "line \(number)") }
  }

  /// Compression draws challenges from a byte hash; nothing of it mentions the hash that circuits compute, and no circuit
  /// mentions the byte hash.
  @Test func compressionUsesNoHashOfTheCircuits() throws {
    func sources(in folder: String) throws -> [String] {
      let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
      return try names.filter { $0.hasSuffix(".swift") }.map { try text("\(folder)/\($0)") }
    }
    for folder in ["Sources/Decider", "Sources/Commitment"] {
      for source in try sources(in: folder) {
        #expect(!source.contains("Poseidon") && !source.contains("SpongeTranscript"))
      }
    }
    for folder in ["Sources/ConstraintSystem", "Sources/Arguments", "Circuits"] {
      for source in try sources(in: folder) { #expect(!source.contains("ByteTranscript") && !source.contains("SHA3")) }
    }
  }
}
