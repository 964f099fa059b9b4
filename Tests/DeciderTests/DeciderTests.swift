import Algebra
import Commitment
import Decider
import Support
import Testing

@Suite("Decider")
struct DeciderTests {
  @Test("Laws: satisfied instances are accepted", arguments: [1, 2, 3])
  func accepts(seed: UInt64) throws {
    let toy = try ToyDecider(seed: seed)
    #expect(try toy.refusal() == nil)
  }

  @Test("Laws: proofs of one statement share no element and no point; the same randomness gives the same proof")
  func randomness() throws {
    let toy = try ToyDecider(seed: 4)
    let (one, two) = (try toy.prove(seed: 1), try toy.prove(seed: 2))
    let words = { (proof: DeciderProof) in
      stride(from: 0, to: proof.encoded.count, by: 32).map { Array(proof.encoded[$0..<($0 + 32)]) }
    }
    #expect(Set(words(one)).count == words(one).count)
    #expect(Set(words(one)).isDisjoint(with: words(two)))
    #expect(try toy.prove(seed: 1) == one)
  }

  // MARK: - False statements, honestly processed

  @Test("Rejects: wrong v_E, u or x")
  func wrongRows() throws {
    for kind in 0..<2 {
      let honest = try ToyDecider(seed: 5)
      var toy = honest
      toy.statement.primary[kind].errorValue += .one
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      toy = honest
      toy.statement.primary[kind].u += .one
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      toy = honest
      toy.statement.primary[kind].x += .one
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      toy = honest
      toy.statement.primary[kind].errorPoint[3] += .one
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
    }
  }

  @Test("Rejects: wrong v_Q; u enters Q through the tables")
  func wrongClaims() throws {
    for kind in 0..<2 {
      let honest = try ToyDecider(seed: 6)
      var toy = honest
      toy.statement.primary[kind].claimValue += .one
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      toy = honest
      toy.statement.primary[kind].claimPoint[6] += .one
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      toy = honest
      toy.statement.primary[kind].u += .one
      toy.statement.primary[kind].errorValue = toy.naiveErrorValue(kind)
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      toy.statement.primary[kind].claimValue = toy.naiveClaimValue(kind)
      #expect(try toy.refusal() == nil)
    }
  }

  @Test("Rejects: errors of two kinds that cancel in a plain sum")
  func cancellingErrors() throws {
    for path in [\ClaimedInstance.errorValue, \.claimValue] {
      var toy = try ToyDecider(seed: 7)
      func sum() -> F { toy.statement.primary.reduce(.zero) { $0 + $1[keyPath: path] } }
      let honest = sum()
      toy.statement.primary[0][keyPath: path] += F(5)
      toy.statement.primary[1][keyPath: path] -= F(5)
      // A verifier that adds the kinds up, with weights all 1, sees what it saw before.
      #expect(sum() == honest)
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
    }
  }

  @Test("Rejects: a false instance of any kind, which a decider without that kind accepts")
  func everyKindIsDecided() throws {
    for kind in 0..<2 {
      var toy = try ToyDecider(seed: 14)
      toy.statement.primary[kind].errorValue += .one
      #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      let (batch, others) = (toy.key.primary, [0, 1].filter { $0 != kind })
      toy.key = DeciderKey(
        digest: toy.key.digest,
        primary: RelationBatch(
          relations: others.map { batch.relations[$0] }, tables: batch.tables, chunkLog: batch.chunkLog,
          rowLog: batch.rowLog, claimLog: batch.claimLog), secondary: toy.key.secondary)
      toy.statement.primary = others.map { toy.statement.primary[$0] }
      toy.witness.primary = others.map { toy.witness.primary[$0] }
      #expect(try toy.refusal() == nil)
    }
  }

  @Test("Rejects: any commitment replaced")
  func wrongCommitments() throws {
    let honest = try ToyDecider(seed: 8)
    for kind in 0..<2 {
      for chunk in honest.statement.primary[kind].commitments.indices {
        var toy = honest
        toy.statement.primary[kind].commitments[chunk] = .generator
        #expect(try toy.refusal() == .opening(.primary, .openingRefused))
      }
    }
    var toy = honest
    let first = honest.statement.primary[0].commitments[0]
    toy.statement.primary[0].commitments[0] = honest.statement.primary[0].commitments[1]
    toy.statement.primary[0].commitments[1] = first
    #expect(try toy.refusal() == .opening(.primary, .openingRefused))
    toy = honest
    toy.statement.secondary.witnessCommitment = .generator
    #expect(try toy.refusal() == .opening(.secondary, .openingRefused))
    toy = honest
    toy.statement.secondary.errorCommitment = .generator
    #expect(try toy.refusal() == .opening(.secondary, .openingRefused))
  }

  @Test("Rejects: any entry of any chunk changed and committed to")
  func wrongEntries() throws {
    let honest = try ToyDecider(seed: 9)
    for kind in 0..<2 {
      for chunk in honest.witness.primary[kind].chunks.indices {
        for entry in honest.witness.primary[kind].chunks[chunk].indices {
          var toy = honest
          toy.witness.primary[kind].chunks[chunk][entry] += .one
          let rowsBreak = toy.naiveErrorValue(kind) != toy.statement.primary[kind].errorValue
          #expect(rowsBreak || chunk < 7, "A trace entry of the toy occurs in rows.")
          // Not committed to: whatever else holds, the opening does not.
          #expect(try toy.refusal() != nil)
          try toy.commit(kind)
          #expect(try toy.refusal() == .opening(.primary, .openingRefused))
        }
      }
    }
  }

  @Test("Rejects: entries past a segment's length that a claim counts")
  func tails() throws {
    let honest = try ToyDecider(seed: 10)
    for kind in 0..<2 {
      for chunk in honest.witness.primary[kind].chunks.indices {
        var toy = honest
        let length = toy.witness.primary[kind].chunks[chunk].count
        guard length < 8 else { continue }
        var longer = Array(toy.witness.primary[kind].chunks[chunk])
        longer += [F](repeating: F(3), count: 8 - length)
        toy.witness.primary[kind].chunks[chunk] = VectorChunk(FieldVector(longer))
        // The tail is not in the commitment.
        #expect(try toy.refusal() == .opening(.primary, .openingRefused))
        // It is, but neither rows nor claims count it.
        try toy.commit(kind)
        #expect(try toy.refusal() == nil)
        // The claim counts it.
        guard chunk < 7 else { continue }
        let value = toy.naiveClaimValue(kind)
        #expect(value != toy.statement.primary[kind].claimValue)
        toy.statement.primary[kind].claimValue = value
        #expect(try toy.refusal() == .opening(.primary, .openingRefused))
        // A decider whose coefficients go on past the segment's length is taken in.
        toy.key = try toy.keyOfFullChunks()
        #expect(try toy.refusal() == nil)
      }
    }
  }

  @Test("Rejects: any part of the secondary instance changed")
  func wrongSecondary() throws {
    let honest = try ToyDecider(seed: 11)
    var toy = honest
    toy.statement.secondary.u += .one
    #expect(try toy.refusal() == .opening(.secondary, .openingRefused))
    for input in 0..<3 {
      toy = honest
      toy.statement.secondary.publicInputs[input] += .one
      #expect(try toy.refusal() == .opening(.secondary, .openingRefused))
    }
    for entry in 0..<27 {
      toy = honest
      toy.witness.secondary.chunks[0][entry] += .one
      try toy.commitSecondary()
      let rowsBreak = toy.naiveSecondaryErrors() != Array(honest.witness.secondary.chunks[1])
      #expect(try toy.refusal() == (rowsBreak ? .opening(.secondary, .openingRefused) : nil))
    }
    for entry in 0..<20 {
      toy = honest
      toy.witness.secondary.chunks[1][entry] += .one
      #expect(try toy.refusal() == .opening(.secondary, .openingRefused))
      try toy.commitSecondary()
      #expect(try toy.refusal() == .opening(.secondary, .openingRefused))
    }
  }

  // MARK: - Honest proofs of something else

  @Test("Rejects: an honest proof for a statement or key that differs anywhere")
  func otherStatements() throws {
    let toy = try ToyDecider(seed: 12)
    let proof = try toy.prove()
    func refused(_ change: (inout DeciderStatement) -> Void) -> Bool {
      var statement = toy.statement
      change(&statement)
      return toy.refusal(of: proof, statement: statement) != nil
    }
    #expect(refused { $0.context.append(0) })
    #expect(refused { $0.secondary.u += .one })
    #expect(refused { $0.secondary.publicInputs[1] += .one })
    #expect(refused { $0.secondary.errorCommitment = .generator })
    #expect(refused { $0.primary.swapAt(0, 1) })
    for kind in 0..<2 {
      #expect(refused { $0.primary[kind].u += .one })
      #expect(refused { $0.primary[kind].x += .one })
      #expect(refused { $0.primary[kind].errorValue += .one })
      #expect(refused { $0.primary[kind].claimValue += .one })
      for index in 0..<4 { #expect(refused { $0.primary[kind].errorPoint[index] += .one }) }
      for index in 0..<7 { #expect(refused { $0.primary[kind].claimPoint[index] += .one }) }
      for index in 0..<9 { #expect(refused { $0.primary[kind].commitments[index] = .generator }) }
    }
    var other = toy
    other.key = DeciderKey(digest: [1, 2, 4], primary: toy.key.primary, secondary: toy.key.secondary)
    #expect(other.refusal(of: proof) != nil)
  }

  @Test("Rejects: statements that do not have the key's shape, and commitments that are no points")
  func statementShapes() throws {
    let toy = try ToyDecider(seed: 13)
    let proof = try toy.prove()
    func refusal(_ change: (inout DeciderStatement) -> Void) -> DeciderError? {
      var statement = toy.statement
      change(&statement)
      return toy.refusal(of: proof, statement: statement)
    }
    #expect(refusal { $0.primary.removeLast() } == .instanceCount(expected: 2, found: 1))
    #expect(refusal { $0.primary[1].commitments.removeLast() } == .instanceShape(.primary, relation: 1))
    #expect(refusal { $0.primary[0].errorPoint.append(.zero) } == .instanceShape(.primary, relation: 0))
    #expect(refusal { $0.primary[0].claimPoint.removeLast() } == .instanceShape(.primary, relation: 0))
    #expect(refusal { $0.secondary.publicInputs = [] } == .instanceShape(.secondary, relation: 0))
    let off = AffinePoint<PrimaryCurve>(uncheckedX: .one, y: .one)
    let expected = DeciderError.invalidCommitment(.primary, relation: 1, chunk: 2)
    #expect(refusal { $0.primary[1].commitments[2] = off } == expected)
    #expect(refusal { $0.primary[1].commitments[2] = .infinity } == expected)
    #expect(
      refusal { $0.secondary.errorCommitment = .infinity } == .invalidCommitment(.secondary, relation: 0, chunk: 1))
  }
}
