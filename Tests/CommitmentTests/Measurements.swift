import Algebra
import Commitment
import Foundation
import Support
import Testing
import Transcript

/// Times of commitments and openings, printed; run with LAYERFOLD_MEASURE=1.
@Suite("Measurements", .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE"] != nil), .serialized)
struct Measurements {
  @Test("Commitments and openings of length 2^17")
  func openings() throws {
    let variables = 17
    var random = SeededGenerator(seed: 1)
    let generators = timed("hash 2^\(variables) generators") { Generators<BN254>(logCount: variables) }
    let bytes = timed("encode them") { generators.encoded }
    _ = try timed("decode them") { try Generators<BN254>(encoded: bytes, checking: .canonical) }
    _ = try timed("decode and check them") { try Generators<BN254>(encoded: bytes, checking: .onCurve) }
    _ = timed("their digest") { generators.digest }
    let vector = FieldVector((0..<(1 << variables)).map { _ in ScalarField.random(using: &random) })
    let point = (0..<variables).map { _ in ScalarField.random(using: &random) }
    let blinder = ScalarField.random(using: &random)
    let small = (0..<(1 << variables)).map { _ in Int64.random(in: -32768...32767, using: &random) }
    _ = try timed("commit to 16-bit integers") { try generators.commit(small, blinder: blinder) }
    let commitment = try timed("commit to field elements") { try generators.commit(vector, blinder: blinder) }
    let statement = OpeningStatement<BN254>(
      commitment: commitment, point: point, value: vector.evaluateMultilinear(at: point))
    var transcript = ByteTranscript("measure")
    let proof = timed("open") {
      InnerProductArgument.prove(
        statement, vector: vector, blinder: blinder, randomness: .init(variables: variables, using: &random),
        generators: generators, transcript: &transcript)
    }
    try timed("verify") {
      var transcript = ByteTranscript("measure")
      try InnerProductArgument.verify(proof, of: statement, generators: generators, transcript: &transcript)
    }
    print("opening: \(proof.encoded.count) bytes")
  }

  @Test("Commitments to ternary vectors of length 2^17")
  func ternary() throws {
    let generators = Generators<BN254>(logCount: 17)
    var random = SeededGenerator(seed: 2)
    let blinders = ChunkBlinders<ScalarField>([.one])
    let wide = (0..<1 << 17).map { _ in Int64.random(in: -32767...32767, using: &random) }
    let trits = (0..<1 << 17).map { _ in Int16.random(in: -1...1, using: &random) }
    for _ in 0..<3 {
      _ = try timed("16-bit weights") { try generators.commit(chunks: wide, chunkCount: 1, blinders: blinders) }
      _ = try timed("ternary weights without combinations") {
        try generators.commit(chunks: trits.map { Int64($0) }, chunkCount: 1, blinders: blinders)
      }
    }
    for count in [1, 8, 10] {
      let vectors = (0..<count).map { Array(trits[$0...] + trits[..<$0]) }
      for _ in 0..<3 {
        _ = try timed("\(count) ternary vectors at once") {
          try generators.commit(
            ternary: vectors, chunkCount: 1, blinders: [ChunkBlinders](repeating: blinders, count: count))
        }
      }
    }
  }

  private func timed<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let (wall, processor) = (ContinuousClock.now, clock())
    let result = try body()
    let seconds = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    print("\(name): \(ContinuousClock.now - wall), processors \(seconds) s")
    return result
  }
}
