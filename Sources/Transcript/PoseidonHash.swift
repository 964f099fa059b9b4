package import Algebra

/// H(tag; v_0, .., v_{m-1}): one field element from a list of any length, by the permutation of width 8.
///
/// The capacity is the last lane and starts as the tag; the input is preceded by its length, so that lists of
/// different lengths never share a padded form.
@usableFromInline package enum PoseidonHash {
  /// Elements taken in by each permutation.
  @usableFromInline package static let rate = 7

  /// The hash of `elements` under `tag`; one permutation for every 7 elements, the length included.
  package static func hash(tag: Tag, _ elements: [ScalarField]) -> ScalarField {
    let permutation = Poseidon2.width8
    var state = [ScalarField](repeating: .zero, count: permutation.width)
    state[rate] = tag.element
    state[0] = ScalarField(UInt64(elements.count))
    var lane = 1
    for element in elements {
      if lane == rate {
        permutation.permute(&state)
        lane = 0
      }
      state[lane] += element
      lane += 1
    }
    permutation.permute(&state)
    return state[0]
  }

  /// Permutations that hashing `count` elements takes.
  package static func permutations(count: Int) -> Int { count / rate + 1 }
}
