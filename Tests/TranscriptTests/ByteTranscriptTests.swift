import Algebra
import Foundation
import Support
import Testing
import Transcript

private struct Challenges: Decodable { let challenges: [String] }

@Suite("Byte transcript")
struct ByteTranscriptTests {
  @Test("KnownAnswer: the chain")
  func knownAnswer() throws {
    let expected: Challenges = try knownAnswers("bytes", in: .module)
    #expect(expected.challenges.count == 3)
    var transcript = ByteTranscript("test")
    transcript.absorb(Array("hello".utf8), as: "a")
    let first: ScalarField = transcript.challenge(as: "x")
    transcript.absorb([ScalarField.one, .one + .one, -.one], as: "list")
    let second: BaseField = transcript.challenge(as: "y")
    let third: ScalarField = transcript.challenge(as: "y")
    #expect([first.description, second.description, third.description] == expected.challenges)
  }

  @Test("Rejects: every difference in what is absorbed changes the challenge")
  func rejectsAmbiguity() {
    typealias Step = (inout ByteTranscript) -> Void
    let one = ScalarField.one
    let sequences: [[Step]] = [
      [],
      [{ $0.absorb([], as: "a") }],
      [{ $0.absorb([0], as: "a") }],
      [{ $0.absorb([0, 0], as: "a") }],
      [{ $0.absorb([0], as: "a") }, { $0.absorb([0], as: "a") }],
      [{ $0.absorb([0], as: "b") }],
      [{ $0.absorb([97], as: "") }],
      [{ $0.absorb(one, as: "a") }],
      [{ $0.absorb([one, one], as: "a") }],
      [{ $0.absorb(one, as: "a") }, { $0.absorb(one, as: "a") }],
      [{ $0.absorb(BaseField.one, as: "a") }],
      [{ $0.absorb(one.bytes, as: "a") }],
      [{ let _: ScalarField = $0.challenge(as: "c") }],
      [{ let _: ScalarField = $0.challenge(as: "d") }],
    ]
    let challenges = sequences.map { steps -> ScalarField in
      var transcript = ByteTranscript("test")
      for step in steps { step(&transcript) }
      return transcript.challenge(as: "c")
    }
    #expect(Set(challenges).count == sequences.count)
    var other = ByteTranscript("other")
    let challenge: ScalarField = other.challenge(as: "c")
    #expect(!challenges.contains(challenge))
  }
}
