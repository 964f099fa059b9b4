import Algebra
import Commitment
import Decider
import Support
import Testing

@Suite("Decider proofs")
struct ProofTests {
  private let toy: ToyDecider
  private let proof: DeciderProof

  init() throws {
    toy = try ToyDecider(seed: 21)
    proof = try toy.prove()
  }

  @Test("Rejects: every element changed")
  func changedElements() throws {
    expectChecks(\.primary, side: .primary)
    expectChecks(\.secondary, side: .secondary)
  }

  private func expectChecks<C: Curve>(
    _ part: WritableKeyPath<DeciderProof, BatchProof<C>>, side: DeciderSide
  ) {
    func refusal(_ change: (inout BatchProof<C>) -> Void) -> DeciderError? {
      var changed = proof
      change(&changed[keyPath: part])
      return toy.refusal(of: changed)
    }
    let honest = proof[keyPath: part]
    let refused = DeciderError.opening(side, .openingRefused)
    for chunk in honest.maskCommitments.indices {
      #expect(refusal { $0.maskCommitments[chunk] = .generator } == refused)
      #expect(refusal { $0.maskCommitments[chunk] = .infinity } == .invalidMask(side))
      #expect(
        refusal { $0.maskCommitments[chunk] = AffinePoint(uncheckedX: .one, y: .one) } == .invalidMask(side))
    }
    #expect(refusal { $0.maskSum += .one } == refused)
    for round in honest.outerRounds.indices {
      for index in 0..<3 {
        #expect(refusal { $0.outerRounds[round] = adding(1, to: index, of: $0.outerRounds[round]) } == refused)
      }
      #expect(
        refusal { $0.outerRounds[round] = shortened($0.outerRounds[round]) } == .outerSumcheck(side, round: round))
    }
    for index in honest.rowValues.indices {
      #expect(refusal { $0.rowValues[index].left += .one } == refused)
      #expect(refusal { $0.rowValues[index].right += .one } == refused)
    }
    #expect(refusal { $0.probe += .one } == refused)
    for round in honest.innerRounds.indices {
      for index in 0..<2 {
        #expect(refusal { $0.innerRounds[round] = adding(1, to: index, of: $0.innerRounds[round]) } == refused)
      }
      #expect(
        refusal { $0.innerRounds[round] = shortened($0.innerRounds[round]) } == .innerSumcheck(side, round: round))
    }
    for round in honest.opening.rounds.indices {
      #expect(refusal { $0.opening.rounds[round].left = .generator } == .opening(side, .openingRefused))
      #expect(refusal { $0.opening.rounds[round].right = .generator } == .opening(side, .openingRefused))
    }
    #expect(refusal { $0.opening.mask = .generator } == .opening(side, .openingRefused))
    for index in honest.opening.finalVector.indices {
      #expect(refusal { $0.opening.finalVector[index] += .one } == .opening(side, .openingRefused))
    }
    #expect(refusal { $0.opening.finalBlinder += .one } == .opening(side, .openingRefused))
  }

  @Test("Rejects: lists that are shorter or longer than the key says")
  func changedLengths() {
    func refusal(_ change: (inout BatchProof<PrimaryCurve>) -> Void) -> DeciderError? {
      var changed = proof
      change(&changed.primary)
      return toy.refusal(of: changed)
    }
    #expect(refusal { $0.outerRounds.removeLast() } == .proofShape(.primary))
    #expect(refusal { $0.outerRounds.append($0.outerRounds[0]) } == .proofShape(.primary))
    #expect(refusal { $0.rowValues.removeLast() } == .proofShape(.primary))
    #expect(refusal { $0.innerRounds = [] } == .proofShape(.primary))
    #expect(refusal { $0.maskCommitments.removeLast() } == .proofShape(.primary))
    #expect(refusal { $0.maskCommitments.append(.generator) } == .proofShape(.primary))
    #expect(refusal { $0.opening.finalVector.removeLast() } == .opening(.primary, .openingShape))
  }

  @Test("RoundTrip: encoding, of the length the key fixes")
  func encoding() throws {
    let bytes = proof.encoded
    #expect(bytes.count == DeciderProof.byteCount(for: toy.key))
    let decoded = try DeciderProof(encoded: bytes, key: toy.key)
    #expect(decoded == proof)
    #expect(decoded.encoded == bytes)
  }

  @Test("Rejects: truncated and extended bytes, and a bit flipped in every element")
  func changedBytes() throws {
    let bytes = proof.encoded
    for wrong in [[], Array(bytes.dropLast()), bytes + [0], Array(bytes.dropFirst(32))] {
      #expect(throws: DeciderError.encodingLength(expected: bytes.count, found: wrong.count)) {
        try DeciderProof(encoded: wrong, key: toy.key)
      }
    }
    for start in stride(from: 0, to: bytes.count, by: 32) {
      for (offset, bit) in [(0, UInt8(1)), (17, 4), (31, 0x40), (31, 0x80)] {
        var changed = bytes
        changed[start + offset] ^= bit
        #expect(outcome(changed) != nil, "The bit \(bit) of byte \(start + offset) was flipped.")
      }
      var changed = bytes
      for index in 0..<32 { changed[start + index] = 255 }
      let refusal = outcome(changed)
      guard case .encoding = refusal else {
        Issue.record("The bytes from \(start) on encode nothing, but gave \(String(describing: refusal)).")
        continue
      }
    }
  }

  /// What becomes of encoded bytes: an error, or nil when they are accepted.
  private func outcome(_ bytes: [UInt8]) -> DeciderError? {
    do throws(DeciderError) {
      return toy.refusal(of: try DeciderProof(encoded: bytes, key: toy.key))
    } catch { return error }
  }
}

/// A message with a small integer added to one coefficient.
private func adding<K: PrimeField>(_ value: Int, to index: Int, of message: RoundPolynomial<K>) -> RoundPolynomial<K> {
  var coefficients = message.coefficients
  coefficients[index] += K(value)
  return RoundPolynomial(coefficients)
}

/// A message without its last coefficient.
private func shortened<K: PrimeField>(_ message: RoundPolynomial<K>) -> RoundPolynomial<K> {
  RoundPolynomial(Array(message.coefficients.dropLast()))
}
