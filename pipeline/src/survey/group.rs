//! Groups that grow together pair by pair.
//!
//! Enters: pairs of places. Leaves: which places hang together, through others too (Tarjan's union by
//! halved paths). A group is led by its lowest place, whatever the order of the pairs.

/// Places 0 to n − 1, each in one group.
#[derive(Debug)]
pub(super) struct Groups(Vec<usize>);

impl Groups {
    /// Each place alone.
    pub fn alone(places: usize) -> Self {
        Self((0..places).collect())
    }

    /// The lowest place of the group that `place` is in.
    pub fn leader(&mut self, mut place: usize) -> usize {
        while self.0[place] != place {
            self.0[place] = self.0[self.0[place]];
            place = self.0[place];
        }
        place
    }

    /// Whether both are in one group.
    pub fn are_one(&mut self, one: usize, two: usize) -> bool {
        self.leader(one) == self.leader(two)
    }

    /// Puts the groups of both together.
    pub fn join(&mut self, one: usize, two: usize) {
        let (one, two) = (self.leader(one), self.leader(two));
        self.0[one.max(two)] = one.min(two);
    }

    /// The groups of two and more, each in order, ordered by their leaders.
    pub fn joined(mut self) -> Vec<Vec<usize>> {
        let mut groups = vec![Vec::new(); self.0.len()];
        for place in 0..self.0.len() {
            groups[self.leader(place)].push(place);
        }
        groups.retain(|group| group.len() > 1);
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_hang_together_through_others() {
        let mut groups = Groups::alone(6);
        groups.join(5, 3);
        groups.join(0, 2);
        groups.join(2, 5);
        assert!(groups.are_one(0, 3) && !groups.are_one(0, 1));
        assert_eq!(groups.leader(5), 0);
        assert_eq!(groups.joined(), [vec![0, 2, 3, 5]]);
    }

    proptest! {
        #[test]
        fn the_order_of_pairs_does_not_count(pairs in prop::collection::vec((0..12_usize, 0..12_usize), 0..15)) {
            let of = |pairs: &mut dyn Iterator<Item = &(usize, usize)>| {
                let mut groups = Groups::alone(12);
                pairs.for_each(|(one, two)| groups.join(*one, *two));
                groups.joined()
            };
            prop_assert_eq!(of(&mut pairs.iter()), of(&mut pairs.iter().rev()));
        }
    }
}
