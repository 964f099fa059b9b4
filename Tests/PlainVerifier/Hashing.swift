/// H(tag; v_0, .., v_{m-1}) (Protocol.md, section 2).
func hash(_ tag: String, _ elements: [F]) -> F {
  var input = [F(elements.count)] + elements
  while input.count % 7 != 0 { input.append(.zero) }
  var state = [F](repeating: .zero, count: 7) + [tagElement(tag)]
  for start in stride(from: 0, to: input.count, by: 7) {
    for place in 0..<7 { state[place] += input[start + place] }
    state = Poseidon2.width8.permute(state)
  }
  return state[0]
}

/// A name's ASCII bytes as a little-endian integer.
private func tagElement(_ tag: String) -> F {
  F(reducing: littleEndianWords(Array(tag.utf8) + [UInt8](repeating: 0, count: 32 - tag.utf8.count)))
}

/// The transcript of a fold (Protocol.md, section 2).
struct SpongeTranscript {
  private var state: [F]
  private var squeezed = 2

  /// A transcript for one use.
  init(_ tag: String) { state = [.zero, .zero, tagElement(tag)] }

  /// Takes in one or more elements.
  mutating func absorb(_ elements: [F]) {
    let absorbed = elements.count <= 2 ? elements : [hash("list", elements)]
    state[2] += F(absorbed.count)
    for (place, element) in absorbed.enumerated() { state[place] += element }
    state = Poseidon2.width3.permute(state)
    squeezed = 0
  }

  /// A challenge.
  mutating func squeeze() -> F {
    if squeezed == 2 {
      state = Poseidon2.width3.permute(state)
      squeezed = 0
    }
    squeezed += 1
    return state[squeezed - 1]
  }

  /// A challenge's low 128 bits.
  mutating func squeezeShort() -> F { F(reducing: squeeze().words.prefix(2) + [0, 0]) }
}

extension Point where C == BN254 {
  /// (x mod r, y mod r): how a point of G enters hashes.
  var hashed: [F] { [F(reducing: x.words), F(reducing: y.words)] }
}

/// How elements of Fq enter hashes: modulo r, then their lowest `width` bits, as many together as 253 bits hold.
func hashed(_ numbers: [Fq], width: Int) -> [F] {
  var elements = numbers.map { F(reducing: $0.words) }
  let group = 253 / width
  for start in stride(from: 0, to: numbers.count, by: group) {
    var sum = F.zero
    for number in numbers[start..<min(start + group, numbers.count)].reversed() {
      sum = sum * F(1 << width) + F(Int(number.words[0] & (1 << UInt64(width) - 1)))
    }
    elements.append(sum)
  }
  return elements
}
