import Algebra
import Foundation
import Support
import Testing
import Transcript

private struct Instance: Decodable {
  struct Permutation: Decodable {
    let input: [String]
    let output: [String]
  }
  let width: Int
  let partialRounds: Int
  let diagonal: [String]
  let firstRound: [String]
  let lastRound: [String]
  let permutations: [Permutation]
}

private struct Hashes: Decodable {
  struct Hash: Decodable {
    let tag: String
    let input: [String]
    let output: String
  }
  struct Step: Decodable {
    let absorb: [String]?
    let squeeze: String?
    let squeezeShort: String?
  }
  struct Sponge: Decodable {
    let tag: String
    let steps: [Step]
  }
  let hashes: [Hash]
  let sponge: Sponge
}

@Suite("Poseidon2")
struct PoseidonTests {
  private let permutations = [Poseidon2.width3, Poseidon2.width4, Poseidon2.width8]

  @Test("KnownAnswer: constants and permutations of the published instances")
  func knownAnswerPermutation() throws {
    let instances: [Instance] = try knownAnswers("poseidon2", in: .module)
    #expect(instances.map(\.width) == permutations.map(\.width))
    for (instance, poseidon) in zip(instances, permutations) {
      #expect(poseidon.partialRounds == instance.partialRounds)
      #expect(try poseidon.internalDiagonal == elements(instance.diagonal))
      #expect(try Array(poseidon.roundConstants.prefix(instance.width)) == elements(instance.firstRound))
      #expect(try Array(poseidon.roundConstants.suffix(instance.width)) == elements(instance.lastRound))
      #expect(poseidon.roundConstants.count == 8 * instance.width + instance.partialRounds)
      #expect(!instance.permutations.isEmpty)
      for permutation in instance.permutations {
        var state: [ScalarField] = try elements(permutation.input)
        poseidon.permute(&state)
        #expect(try state == elements(permutation.output))
      }
    }
  }

  @Test("KnownAnswer: hash of lists")
  func knownAnswerHash() throws {
    let hashes: Hashes = try knownAnswers("hashes", in: .module)
    #expect(hashes.hashes.count == 7)
    for hash in hashes.hashes {
      let output = try PoseidonHash.hash(tag: Transcript.Tag(hash.tag), elements(hash.input))
      #expect(output == ScalarField(hexadecimal: hash.output))
    }
  }

  @Test("KnownAnswer: sponge")
  func knownAnswerSponge() throws {
    let hashes: Hashes = try knownAnswers("hashes", in: .module)
    var sponge = PoseidonSponge(tag: Transcript.Tag(hashes.sponge.tag))
    #expect(hashes.sponge.steps.count == 16)
    for step in hashes.sponge.steps {
      if let list = step.absorb { try sponge.absorb(elements(list)) }
      if let value = step.squeeze { #expect(sponge.squeeze() == ScalarField(hexadecimal: value)) }
      if let value = step.squeezeShort { #expect(sponge.squeezeShort() == ScalarField(hexadecimal: value)) }
    }
  }

  @Test("Laws: the number of permutations of a hash")
  func lawsPermutationCount() {
    #expect([0, 1, 6, 7, 13, 14].map(PoseidonHash.permutations(count:)) == [1, 1, 1, 2, 2, 3])
  }

  @Test("Rejects: ambiguous inputs give different outputs")
  func rejectsAmbiguity() {
    let one = ScalarField.one, zero = ScalarField.zero
    let lists: [[ScalarField]] = [[], [zero], [zero, zero], [one], [one, zero], [one, zero, zero], [zero, one]]
    #expect(Set(lists.map { PoseidonHash.hash(tag: "a", $0) }).count == lists.count)
    #expect(PoseidonHash.hash(tag: "a", [one]) != PoseidonHash.hash(tag: "b", [one]))
    func challenge(_ tag: Transcript.Tag, _ absorbed: [[ScalarField]]) -> ScalarField {
      var sponge = PoseidonSponge(tag: tag)
      for list in absorbed { sponge.absorb(list) }
      return sponge.squeeze()
    }
    let sequences: [[[ScalarField]]] = [
      [], [[one]], [[one, zero]], [[one], [zero]], [[one, zero], [zero]], [[one], [zero, zero]], [[one, zero, zero]],
    ]
    #expect(Set(sequences.map { challenge("a", $0) }).count == sequences.count)
    #expect(challenge("a", [[one]]) != challenge("b", [[one]]))
  }
}

@Suite("Tags")
struct TagTests {
  @Test("KnownAnswer: little-endian ASCII")
  func knownAnswer() {
    #expect(Transcript.Tag("a").element == ScalarField(97 as UInt64))
    #expect(Transcript.Tag("step").element == ScalarField(0x7065_7473 as UInt64))
    let longest = String(repeating: "z", count: 31)
    #expect(Transcript.Tag(longest).element == ScalarField(bytes: Array(longest.utf8) + [0]))
  }
}
