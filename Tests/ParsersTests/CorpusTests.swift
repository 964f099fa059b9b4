import Foundation
import Model
import Parsers
import Support
import Testing

/// What fuzzing has found, and what it begins with, run again without its sanitizers.
@Suite("Parsers") struct CorpusTests {
  /// The kept inputs of a parser, in the order of their names.
  private func kept(_ parser: Parser) throws -> [[UInt8]] {
    let folder = try #require(Bundle.module.resourceURL).appending(path: "Corpus/\(parser.rawValue)")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
  }

  @Test("RoundTrip: the smallest inputs written from the formats' text are accepted", arguments: Parser.allCases)
  func seeds(parser: Parser) throws {
    for (index, seed) in try Seed.inputs(parser).enumerated() {
      #expect(try parser.accepts(seed), "seed \(index)")
    }
  }

  @Test(
    "Laws: whatever is accepted of the corpus has one encoding; the rest is refused by name", arguments: Parser.allCases
  )
  func corpus(parser: Parser) throws {
    let inputs = try kept(parser)
    #expect(inputs.count >= 3)
    for input in inputs { _ = try parser.accepts(input) }
  }

  /// Found by fuzzing: the exponent of an activation that is not finite is no integer.
  @Test("Rejects: a model of finite weights whose activations are not finite") func overflowingActivations() throws {
    let folder = try #require(Bundle.module.resourceURL).appending(path: "Corpus/model")
    let bytes = try Data(contentsOf: folder.appending(path: "finding-overflowing-activations"))
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let model = try FloatModel(
      configuration: ModelConfiguration(json: line, file: "config.json"),
      weights: SafetensorsFile(bytes: bytes.dropFirst(line.count + 1), name: "model.safetensors"))
    #expect(
      throws: ModelError.inconsistentParameters(name: "activations", expected: "finite numbers of 32 bits")
    ) { try QuantizedModel(quantizing: model, positions: 2) }
  }

  @Test("Rejects: damaged inputs, without a crash", arguments: Parser.allCases)
  func mutations(parser: Parser) throws {
    let inputs = try Seed.inputs(parser) + kept(parser)
    var generator = SeededGenerator(seed: 4)
    var accepted = 0
    for _ in 0..<parser.mutations {
      let input = inputs[Int.random(in: 0..<inputs.count, using: &generator)]
      let other = inputs[Int.random(in: 0..<inputs.count, using: &generator)]
      if try parser.accepts(mutated(input, other, using: &generator)) { accepted += 1 }
    }
    #expect(accepted < parser.mutations)
  }

  /// One to three changes: a byte, a number of 1 to 8 bytes, a piece left out, repeated, or taken from another input.
  private func mutated(_ input: [UInt8], _ other: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = input
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      let length = min(Int.random(in: 1...8, using: &generator), bytes.count - place)
      let range = place..<place + length
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: for index in range { bytes[index] = .random(in: .min ... .max, using: &generator) }
      case 1: for index in range { bytes[index] = [0, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0 }
      case 2: bytes.removeSubrange(range)
      case 3: bytes.insert(contentsOf: bytes[range], at: place)
      case 4: bytes = Array(bytes[..<place])
      default:
        if let start = other.indices.randomElement(using: &generator) {
          bytes.insert(contentsOf: other[start...].prefix(32), at: place)
        }
      }
    }
    return bytes
  }
}

extension Parser {
  /// How many damaged inputs a test tries: about a second of one processor.
  fileprivate var mutations: Int {
    switch self {
    case .proof, .model: 40
    default: 2000
    }
  }
}
